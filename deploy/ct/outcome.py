"""The ways in which `ct` ends."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes, as those of `manage.py`'s commands."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    FAULTS = 3
    """Something was found: by `doctor`, `smoke` or `status`."""
    DEPENDENCY = 4
    """Docker, or a server, doesn't answer."""
    LOCKED = 5
    """Another `ct` works on this environment."""


class Stopped(Exception):
    """`ct` can't go on; the message is one line that says why, and what to do."""

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code
