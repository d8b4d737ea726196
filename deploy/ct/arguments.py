"""Types of arguments of the programs for operators. They have the rules of manage.py's, without its packages."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable

_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A type for argparse: a whole number from `least` to `most`, in plain digits."""
    bounds = f"from {least} to {most}" if most is not None else f"of {least} or more"

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or int(text) < least or (most is not None and int(text) > most):
            raise ArgumentTypeError(f"a whole number {bounds} is required, not {text!r}")
        return int(text)

    return read
