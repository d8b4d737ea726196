"""Recovery to a moment: base backups, and the one of them from which a moment can be reached."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_BASE = re.compile(r"base-(\d{8}T\d{6}\.\d{6}Z)", re.ASCII)
DRILL_EVERY = timedelta(days=7)
DRILL_AGAIN = timedelta(days=1)
"""After a drill that found its backup wrong."""

BASE_EVERY = timedelta(days=1)
_STAMP = "%Y%m%dT%H%M%S.%fZ"


class RestoreRefused(Exception):
    """The restore can't be done as asked, and nothing has been changed; the text says why, in one line."""


@dataclass(frozen=True, slots=True, order=True)
class BaseBackup:
    """A copy of the whole server's files. Every moment after its end can be reached from it, with the archived log."""

    ended_at: datetime

    @property
    def name(self) -> str:
        """The name of its directory."""
        return f"base-{self.ended_at.astimezone(UTC):{_STAMP}}"

    @staticmethod
    def named(name: str) -> "BaseBackup | None":
        """Returns the base backup with this name; None for any other name."""
        found = _BASE.fullmatch(name)
        return BaseBackup(datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)) if found else None


def base_for(moment: datetime, backups: Iterable[BaseBackup]) -> BaseBackup:
    """Returns the newest base backup that ended before a moment. Raises RestoreRefused."""
    all = sorted(backups)
    before = [backup for backup in all if backup.ended_at < moment]
    if not before:
        earliest = f"the earliest ended at {all[0].ended_at:%Y-%m-%d %H:%M:%S} UTC" if all else "there is none"
        raise RestoreRefused(f"no base backup is older than that moment: {earliest}")
    return before[-1]


def superfluous(backups: Iterable[BaseBackup], *, keep: int) -> list[BaseBackup]:
    """Returns the base backups beyond the newest `keep`; the newest one always stays."""
    return sorted(backups, reverse=True)[max(keep, 1) :]


def drill_is_due(now: datetime, *, last: datetime | None, was_good: bool) -> bool:
    """Whether to restore a backup on trial again."""
    return last is None or now - last >= (DRILL_EVERY if was_good else DRILL_AGAIN)


def base_is_due(now: datetime, backups: Iterable[BaseBackup]) -> bool:
    """Whether to take a base backup: the longer the log since the last one, the longer a recovery."""
    return all(now - backup.ended_at >= BASE_EVERY for backup in backups)
