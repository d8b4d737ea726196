"""The reasons for which there is no backup."""


class BackupFailed(Exception):
    """No backup was made, and the earlier ones are untouched. The text says why, in one line."""


class Stopped(BackupFailed):
    """It was told to stop."""


class NoRoom(BackupFailed):
    """The disk is full, or would be."""


class CopyFailed(Exception):
    """The backup is good, but not at the other place. The text says why, in one line."""
