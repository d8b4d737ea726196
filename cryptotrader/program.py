"""What this process calls itself to the database, so that the audit knows which command it was, and whose."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

LENGTH_MAX = 63
"""PostgreSQL cuts off what is longer."""


def program_name(argv: Sequence[str] = tuple(sys.argv), user: str | None = None) -> str:
    """`manage.py seed_demo by root`: the program, its command where it has one, and the user of the machine."""
    path = Path(argv[0] if argv else "")
    # `python -m daphne` calls itself …/daphne/__main__.py.
    command = [(path.parent if path.name == "__main__.py" else path).name or "python", *argv[1:2]]
    if command[-1].startswith("-"):
        command.pop()
    text = f"{' '.join(command)} by {_user() if user is None else user}"
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text)[:LENGTH_MAX]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "nobody known"
