from accounts.domain.moments import Clock
from monitoring.recovery.backup_files import check_release
from monitoring.recovery.plain_copies import plain_copies
from monitoring.recovery.restoring import Say
from monitoring.recovery.server import Server
from monitoring.recovery.taking import dump_of
from monitoring.services.restore_dump import Restored, Target, restore_dump

LAST = "SELECT coalesce(pg_last_xact_replay_timestamp(), clock_timestamp())"


def restore_running(
    *, source: Server, database: str, target: Target, clock: Clock, say: Say, exchange: bool
) -> Restored:
    """Restore the database of another server, such as one that pgBackRest has recovered to a moment.

    Nobody may write to it meanwhile. Raises RestoreRefused, LockHeld, SessionsStay, psycopg.OperationalError.
    """
    with source.connect(database) as connection:
        row = connection.execute(LAST).fetchone()
        version = connection.info.server_version
    assert row is not None  # noqa: S101
    with target.server.connect() as connection:
        check_release(version, connection.info.server_version)
    with plain_copies() as place:
        say("dumping the other server's database")
        dump = dump_of(source, database, place, f"{database} at {source.host}:{source.port}", row[0])
        return restore_dump(dump=dump, target=target, clock=clock, say=say, exchange=exchange)
