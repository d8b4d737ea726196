"""Arguments of the programs for operators. They have the rules of manage.py's, without its packages."""

import argparse
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

EXIT_USAGE = 2

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?", re.ASCII)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


class OneLineParser(argparse.ArgumentParser):
    """Refuses wrong usage in one line, takes no empty text, and reads a float as a plain number from 0 on.

    Python's float takes `nan`, `inf`, `-1` and `1_0`, and a wait of `nan` seconds never ends.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register("type", None, given)
        self.register("type", Path, lambda text: Path(given(text)))
        self.register("type", float, amount)

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_USAGE, f"{self.prog}: {' '.join(message.split())} (`{self.prog} --help`)\n")


def given(text: str) -> str:
    """The type of each text: `--release "$TAG"` with an unset variable must not mean the default."""
    if not text.strip():
        raise ArgumentTypeError("it is empty")
    return text


def amount(text: str) -> float:
    """A type for argparse: a number from 0 on, in plain digits."""
    if not _AMOUNT.fullmatch(text):
        raise ArgumentTypeError(f"a number such as 2.5 is required, not {text!r}")
    return float(text)


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A type for argparse: a whole number from `least` to `most`, in plain digits."""
    bounds = f"from {least} to {most}" if most is not None else f"of {least} or more"

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or int(text) < least or (most is not None and int(text) > most):
            raise ArgumentTypeError(f"a whole number {bounds} is required, not {text!r}")
        return int(text)

    return read
