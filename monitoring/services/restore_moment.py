from datetime import datetime
from pathlib import Path

from django.conf import settings

from accounts.domain.moments import Clock
from monitoring.domain.recovery import BaseBackup, RestoreRefused, base_for
from monitoring.recovery import databases
from monitoring.recovery.base_backups import Archive
from monitoring.recovery.plain_copies import plain_copies
from monitoring.recovery.recovered_server import recovered_server
from monitoring.recovery.restoring import Say
from monitoring.recovery.taking import dump_of, finish_segment
from monitoring.services.restore_dump import Restored, Target, restore_dump


def restore_moment(*, moment: datetime, target: Target, clock: Clock, say: Say, exchange: bool) -> Restored:
    """Restore all that was committed before a moment, from a base backup and the archived log of WAL_ARCHIVE_DIR.

    A server of its own plays the log on a copy; its database then goes the way of each dump. Raises RestoreRefused,
    LockHeld, SessionsStay, psycopg.OperationalError.
    """
    archive, base = base_of(moment, now=clock())
    finish_segment(target.server, say)
    say(f"playing the log on {base.name}")
    with (
        databases.lock(target.server, "recovery", target.live),
        recovered_server(archive, base, moment, target.server.user) as recovered,
        plain_copies() as place,
    ):
        say("dumping the recovered database")
        dump = dump_of(recovered, target.live, place, f"{moment:%Y-%m-%d %H:%M:%S} UTC from {base.name}", moment)
        return restore_dump(dump=dump, target=target, clock=clock, say=say, exchange=exchange)


def base_of(moment: datetime, *, now: datetime) -> tuple[Archive, BaseBackup]:
    """Returns the archive, and the base backup from which its log is played to a moment. Raises RestoreRefused."""
    if not settings.WAL_ARCHIVE_DIR:
        raise RestoreRefused("no log is archived: WAL_ARCHIVE_DIR isn't set")
    if moment > now:
        raise RestoreRefused("that moment has not come")
    archive = Archive(Path(settings.WAL_ARCHIVE_DIR).resolve())
    return archive, base_for(moment, archive.base_backups())
