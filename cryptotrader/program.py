"""Names this process: to the database, so that the audit knows its command and its user, and in its logs."""

import getpass
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

LENGTH_MAX = 63
"""PostgreSQL cuts off longer names."""

_SERVERS = {"uvicorn": "server", "daphne": "server", "gunicorn": "web"}
_SERVING = {"run_feed": "feed", "runserver": "server"}
"""Commands that run until they are stopped."""


def program_name(argv: Sequence[str] = tuple(sys.argv), user: str | None = None) -> str:
    """Returns `manage.py seed_demo by root`: the program, its command if it has one, and the system user."""
    command = [_program(argv), *argv[1:2]]
    if command[-1].startswith("-"):
        command.pop()
    text = f"{' '.join(command)} by {_user() if user is None else user}"
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in text)[:LENGTH_MAX]


def service_name(argv: Sequence[str] = tuple(sys.argv)) -> str | None:
    """Returns the name of a long-running process: server, web, feed, worker, settler or beat. None for a command."""
    program = _program(argv)
    if program in _SERVERS:
        return _SERVERS[program]
    if program == "celery":
        return _celery_name(argv)
    return _SERVING.get(argv[1]) if program == "manage.py" and len(argv) > 1 else None


def log_name(argv: Sequence[str] = tuple(sys.argv)) -> str:
    """Returns the name of this process in its logs: that of the service, else the command's."""
    command = argv[1] if len(argv) > 1 and _program(argv) == "manage.py" else _program(argv)
    return service_name(argv) or command[:LENGTH_MAX]


def _celery_name(argv: Sequence[str]) -> str | None:
    if "beat" in argv:
        return "beat"
    if "worker" not in argv:
        return None
    words = [word for argument in argv for word in argument.split("=")]
    return "settler" if ("--queues", "settlement") in pairwise(words) else "worker"


def _program(argv: Sequence[str]) -> str:
    path = Path(argv[0] if argv else "")
    # `python -m daphne` has the name …/daphne/__main__.py.
    return (path.parent if path.name == "__main__.py" else path).name or "python"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "nobody known"
