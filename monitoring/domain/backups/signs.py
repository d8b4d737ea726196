"""The signs of backups that a health check reads."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackupSigns:
    """Each text is the name of a backup, or empty."""

    last_good: str
    old: bool
    """There should be a newer one by now."""

    failed: str
    """The last run, if it made none."""

    copy_failed: str
    """The last good one, if its copy elsewhere failed."""
