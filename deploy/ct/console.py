"""Progress goes to stderr, results to stdout, so that a program can read the results."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO


@dataclass(slots=True)
class Console:
    """Speaks to the operator. With `as_json` the result of a command is one JSON object."""

    as_json: bool = False
    dry: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic

    def say(self, text: str) -> None:
        """Tells of progress."""
        self.err.write(f"{text}\n")
        self.err.flush()

    def would(self, text: str) -> bool:
        """Announces a step, and returns whether to take it: not with --dry-run."""
        self.say(f"would: {text}" if self.dry else f"==> {text}")
        return not self.dry

    def result(self, value: object, lines: Sequence[str]) -> None:
        """Prints the result: the value for programs, or the lines for people."""
        text = json.dumps(value, ensure_ascii=False) if self.as_json else "\n".join(lines)
        self.out.write(f"{text}\n")
        self.out.flush()
