"""Types of arguments that several commands take."""

from argparse import ArgumentTypeError


def positive(text: str) -> int:
    """A whole number above zero, for argparse."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise ArgumentTypeError("a whole number above zero is required")
    return int(text)
