"""Runs other programs, and turns their failures into one line."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.ct.outcome import Exit, Stopped


def run(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    capture: bool = False,
    stdin: str | None = None,
    directory: Path | None = None,
) -> str:
    """Runs a program to its end, and returns its output if it is captured; else it goes to stderr.

    Raises Stopped with its last words if it fails, or isn't there.
    """
    try:
        done = subprocess.run(  # noqa: S603  (the operator's own programs)
            command,
            env={**os.environ, **environ},
            input=stdin,
            stdout=subprocess.PIPE if capture else 2,
            stderr=subprocess.PIPE if capture else None,
            text=True,
            check=False,
            cwd=directory,
        )
    except FileNotFoundError as error:
        raise Stopped(f"{command[0]} is not installed", Exit.DEPENDENCY) from error
    if done.returncode:
        last = (done.stderr or "").strip().splitlines()[-1:]
        words = f": {last[0]}" if last else ""
        raise Stopped(f"`{_shown(command)}` ended with {done.returncode}{words}")
    return done.stdout or ""


def become(command: Sequence[str], *, environ: Mapping[str, str]) -> None:
    """Replaces this process by the program: its terminal, its signals and its exit code are the operator's own."""
    try:
        os.execvpe(command[0], list(command), {**os.environ, **environ})  # noqa: S606
    except FileNotFoundError as error:
        raise Stopped(f"{command[0]} is not installed", Exit.DEPENDENCY) from error


def _shown(command: Sequence[str]) -> str:
    text = " ".join(command)
    return text if len(text) < 160 else f"{text[:157]}…"
