"""The states of a backup's run."""

from enum import StrEnum


class State(StrEnum):
    RUNNING = "running"
    DONE = "done"
    """The backup is complete on the disk of its host."""

    FAILED = "failed"
    """Nothing is left of it; the last good one is untouched."""
