"""Which backups go: those older than the time that they are kept, and never the newest good one."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from monitoring.domain.backups import layout


def to_remove(
    names: Iterable[str], *, now: datetime, keep: timedelta, bad: Collection[str] = (), pinned: Collection[str] = ()
) -> list[str]:
    """Returns the names of the backups to remove, the oldest first.

    `bad` backups can't be restored, so they are never the newest good one; `pinned` ones stay in any case. A name that
    is none of a backup's stays, too.
    """
    begun = {name: at for name in names if (at := layout.started_at(name))}
    newest_good = max((name for name in begun if name not in bad), key=lambda name: begun[name], default=None)
    kept = {newest_good, *pinned}
    return sorted(name for name, at in begun.items() if now - at > keep and name not in kept)
