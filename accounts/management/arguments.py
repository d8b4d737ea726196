"""Arguments by the rules of all commands: their types, and the refusal of wrong usage in one line."""

import argparse
import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from accounts.domain.notation import parse_whole

EXIT_USAGE = 2

_SECONDS = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?", re.ASCII)


class OneLineParser(argparse.ArgumentParser):
    """A parser of a program of ours. It takes no empty text, and refuses wrong usage in one line with EXIT_USAGE."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        read_no_empty_text(self)

    def error(self, message: str) -> NoReturn:
        refuse_usage(self, message)


def read_no_empty_text(parser: argparse.ArgumentParser) -> None:
    """Lets the parser refuse an empty text or path in each argument."""
    parser.register("type", None, given)
    parser.register("type", Path, lambda text: Path(given(text)))


def refuse_usage(parser: argparse.ArgumentParser, message: str) -> NoReturn:
    """Ends the program with EXIT_USAGE and one line, without argparse's lines of usage."""
    parser.exit(EXIT_USAGE, f"{parser.prog}: {' '.join(message.split())} (`{parser.prog} --help`)\n")


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A type for argparse: a whole number from `least` to `most`, in plain digits."""
    bounds = f"from {least} to {most}" if most is not None else f"of {least} or more"

    def read(text: str) -> int:
        number = parse_whole(text)
        if number is None or number < least or (most is not None and number > most):
            raise ArgumentTypeError(f"a whole number {bounds} is required, not {text!r}")
        return number

    return read


positive = whole(1)


def seconds(text: str) -> float:
    """A type for argparse: seconds from 0 on, in plain digits. Python's float takes `nan`, `inf` and `1_0`, too."""
    if not _SECONDS.fullmatch(text):
        raise ArgumentTypeError(f"a number of seconds such as 2.5 is required, not {text!r}")
    return float(text)


def given(text: str) -> str:
    """The type of each text of a command. None of ours takes an empty one: `--user "$EMAIL"` with an unset variable
    must not mean everybody.
    """
    if not text.strip():
        raise ArgumentTypeError("it is empty")
    return text
