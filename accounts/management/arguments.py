"""Types of arguments that several commands take."""

from argparse import ArgumentTypeError
from collections.abc import Callable

from accounts.domain.notation import parse_whole


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


def given(text: str) -> str:
    """The type of each text of a command. None of ours takes an empty one: `--user "$EMAIL"` with an unset variable
    must not mean everybody.
    """
    if not text.strip():
        raise ArgumentTypeError("it is empty")
    return text
