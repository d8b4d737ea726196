"""Names this process to the database, so that the audit knows its command and its user."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path

LENGTH_MAX = 63
"""PostgreSQL cuts off longer names."""


def program_name(argv: Sequence[str] = tuple(sys.argv), user: str | None = None) -> str:
    """Returns `manage.py seed_demo by root`: the program, its command if it has one, and the system user."""
    path = Path(argv[0] if argv else "")
    # `python -m daphne` has the name …/daphne/__main__.py.
    command = [(path.parent if path.name == "__main__.py" else path).name or "python", *argv[1:2]]
    if command[-1].startswith("-"):
        command.pop()
    text = f"{' '.join(command)} by {_user() if user is None else user}"
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text)[:LENGTH_MAX]


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "nobody known"
