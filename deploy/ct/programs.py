"""Runs other programs, and turns their failures into one line."""

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import Thread

from deploy.ct.outcome import Exit, Stopped

KEPT_CODES = (Exit.USAGE, Exit.DEPENDENCY)
KEPT_LINES = 500
LAST_WORDS_SECONDS = 5.0
"""So long the words of a program that has ended may still be on their way."""
_CHECKED = re.compile(r"^\?: (\([\w.]+\) .+)(?:\n\s+HINT: (.+))?", re.MULTILINE)
"""What `manage.py check` found, with its remedy."""
_EMERGENCY = re.compile(r"\[emerg\] (?:\d+#\d+: )?(.+)")
_NO_REASON = re.compile(r"\s|\{|Usage:|(See|Run) .*--?help|For more |npm (error|ERR!) A complete log")
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None)
"""Linux has it; a Mac, from which containers can be run too, has not."""
_DIES_WITH_PARENT = 1


def run(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    capture: bool = False,
    directory: Path | None = None,
    seconds: float | None = None,
) -> str:
    """Runs a program to its end, and returns its output if it is captured; else all that it says goes to stderr.

    Raises Stopped with the line that tells why it failed, and its exit code where that is USAGE or DEPENDENCY. It ends
    a program that isn't captured after so many seconds, and such a one ends with `ct`, also after a `kill -9`: the next
    `ct` would work beside it.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  (the operator's own programs)
            command,
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE if capture else subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=directory,
            preexec_fn=None if capture else _end_with_us,  # noqa: PLW1509  (only one thread runs such programs)
        )
    except (FileNotFoundError, PermissionError) as error:
        raise Stopped(f"{command[0]} is not installed", Exit.DEPENDENCY) from error
    with process:
        output, told = process.communicate() if capture else ("", _passed_on(process, seconds, _shown(command)))
    if process.returncode:
        reason = telling(told or output)
        words = f": {reason}" if reason else ""
        code = Exit(process.returncode) if process.returncode in KEPT_CODES else Exit.FAILED
        raise Stopped(f"`{_shown(command)}` ended with {process.returncode}{words}", code)
    return output


def telling(told: str) -> str:
    """Returns the line that says why a program failed: of checks all that they found, of nginx its first error, else
    the last line that is neither a continuation, a hint about usage nor a structured log.
    """
    if found := _CHECKED.findall(told):
        return "; ".join(f"{text.rstrip('.')}. {hint}".rstrip(" .") for text, hint in found)
    if emergency := _EMERGENCY.search(told):
        return emergency[1]
    lines = [line.rstrip() for line in told.splitlines() if line.strip()]
    plain = [line for line in lines if not _NO_REASON.match(line)]
    return (plain or lines or [""])[-1].strip()


def _end_with_us() -> None:
    if _PRCTL is not None:
        _PRCTL(_DIES_WITH_PARENT, signal.SIGTERM)


def _passed_on(process: "subprocess.Popen[str]", seconds: float | None, shown: str) -> str:
    """Shows what a program says while it says it, and returns its last lines. It may leave others with its pipe."""
    kept: deque[str] = deque(maxlen=KEPT_LINES)
    reader = Thread(target=_pass_on, args=(process.stdout, kept), daemon=True)
    reader.start()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        process.terminate()
        raise Stopped(f"`{shown}` was ended after {seconds:g} s") from error
    finally:
        reader.join(LAST_WORDS_SECONDS)
    return "".join(list(kept))


def _pass_on(lines: Iterable[str], kept: deque[str]) -> None:
    for line in lines:
        kept.append(line)
        sys.stderr.write(line)
        sys.stderr.flush()


def become(command: Sequence[str], *, environ: Mapping[str, str]) -> None:
    """Replaces this process by the program: its terminal, its signals and its exit code are the operator's own."""
    try:
        os.execvpe(command[0], list(command), {**os.environ, **environ})  # noqa: S606
    except FileNotFoundError as error:
        raise Stopped(f"{command[0]} is not installed", Exit.DEPENDENCY) from error


def _shown(command: Sequence[str]) -> str:
    text = " ".join(command)
    return text if len(text) < 160 else f"{text[:157]}…"
