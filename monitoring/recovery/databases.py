"""Makes, drops and exchanges whole databases. One transaction exchanges them: a reader finds the old one or the new."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from monitoring.recovery.server import Server

_STAMP = "%Y%m%dT%H%M%SZ"
NAME_BYTES_MAX = 63
"""PostgreSQL cuts longer names off, so that two would be the same."""

LOCALE = """
    SELECT pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider, to_jsonb(d) ->> 'datlocale',
        pg_get_userbyid(datdba), spcname
    FROM pg_database d JOIN pg_tablespace s ON s.oid = dattablespace WHERE datname = %s
"""
CLOSED = """
    SELECT FROM pg_locks JOIN pg_database d ON d.oid = objid
    WHERE classid = 'pg_database'::regclass AND mode = 'AccessExclusiveLock' AND granted AND pid = %s
        AND datname = ANY(%s)
"""
"""Whether a renaming keeps new sessions out already."""

SETTINGS = """
    SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase
    WHERE setrole = 0 AND datname = %s
"""
PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}
OTHERS = "SELECT pid, usename, application_name FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


class LockHeld(Exception):
    """Another process does the same work at this moment."""


class SessionsStay(Exception):
    """Sessions on the database can't be ended; the text names them."""


def beside(live: str, work: str) -> str:
    """Returns the name of the database in which `live` is restored. Left behind, it is of an interrupted run."""
    return _named(live, work)


def kept(live: str, now: datetime) -> str:
    """Returns the name under which the database that was `live` until now is kept."""
    return _named(live, f"until_{now.astimezone(UTC):{_STAMP}}")


def _named(live: str, ending: str) -> str:
    name = f"{live}_{ending}"
    if len(name.encode()) > NAME_BYTES_MAX:
        raise ValueError(f"the database's name is too long: {name} would have more than {NAME_BYTES_MAX} bytes")
    return name


def kept_until(name: str) -> datetime:
    """Returns the moment until which a kept database was live."""
    return datetime.strptime(name.rpartition("_until_")[2], _STAMP).replace(tzinfo=UTC)


def kept_databases(connection: psycopg.Connection, live: str) -> list[str]:
    """Returns the databases that restores of `live` have kept, the newest first."""
    found = connection.execute("SELECT datname FROM pg_database").fetchall()
    pattern = re.compile(rf"{re.escape(live)}_until_\d{{8}}T\d{{6}}Z", re.ASCII)
    return sorted((name for (name,) in found if pattern.fullmatch(name)), reverse=True)


def exists(connection: psycopg.Connection, name: str) -> bool:
    """Whether the server has a database of this name."""
    return connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount > 0


@contextmanager
def lock(server: Server, work: str, live: str) -> Iterator[psycopg.Connection]:
    """Hold the only right to this work on `live`, until the end or our death; yields a connection beside all databases.

    The lock is the session's, in a database that is never restored: any machine sees it. Raises LockHeld.
    """
    with server.connect() as connection:
        held = connection.execute("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", [work, live]).fetchone()
        if not held or not held[0]:
            raise LockHeld(f"another {work} of {live} is under way")
        yield connection


def make(connection: psycopg.Connection, name: str, *, like: str | None) -> None:
    """Create an empty database, on the disk of `like` and with its locale, owner and settings, if there is one.

    One that an interrupted run left under this name is dropped first.
    """
    drop(connection, name)
    options: list[sql.Composable] = [sql.SQL("TEMPLATE template0")]
    found = connection.execute(LOCALE, [like]).fetchone() if like else None
    if found is not None:
        encoding, collate, kind, provider, locale, owner, place = found
        own = sql.SQL("BUILTIN_LOCALE {}" if provider == "b" else "ICU_LOCALE {}").format(sql.Literal(locale))
        options += [
            sql.SQL("ENCODING {}").format(sql.Literal(encoding)),
            sql.SQL("LC_COLLATE {}").format(sql.Literal(collate)),
            sql.SQL("LC_CTYPE {}").format(sql.Literal(kind)),
            sql.SQL("LOCALE_PROVIDER {}").format(sql.SQL(PROVIDERS[provider])),
            sql.SQL("OWNER {}").format(sql.Identifier(owner)),
            *([own] if locale else []),
            # A login may use the default one only without its name.
            *([sql.SQL("TABLESPACE {}").format(sql.Identifier(place))] if place != "pg_default" else []),
        ]
    connection.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), sql.SQL(" ").join(options)))
    for (setting,) in connection.execute(SETTINGS, [like]).fetchall():
        key, _, value = setting.partition("=")
        alter = sql.SQL("ALTER DATABASE {} SET {} TO {}")
        connection.execute(alter.format(sql.Identifier(name), sql.Identifier(key), sql.Literal(value)))


def drop(connection: psycopg.Connection, name: str) -> None:
    """Drop a database with the sessions on it, if it exists."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def exchange(server: Server, live: str, *, new: str, keep_as: str, last: psycopg.Connection | None = None) -> None:
    """Let `new` be `live`, and keep the old `live` as `keep_as`: both at once, or neither.

    PostgreSQL lets no session into a database that is being renamed; the sessions on it are ended meanwhile. `last` is
    a session on `live` whose locks hold until all others have ended. Raises SessionsStay.
    """
    with server.connect() as renaming, server.connect() as ending, ThreadPoolExecutor(1) as thread:
        renamed = thread.submit(_rename, renaming, live, new, keep_as)
        while True:
            is_closed = ending.execute(CLOSED, [renaming.info.backend_pid, [live, new]]).rowcount > 0
            spared = last.info.backend_pid if last and not last.closed else 0
            others = _end_sessions(ending, [live, new], spared)
            if last and is_closed and not others:
                last.close()
            try:
                renamed.result(timeout=0.05)
            except NotYet:
                continue
            except psycopg.errors.ObjectInUse as error:
                raise SessionsStay(_told(ending, live) or str(error).strip()) from error
            else:
                return


def _rename(connection: psycopg.Connection, live: str, new: str, keep_as: str) -> None:
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    with connection.transaction():
        if exists(connection, live):
            connection.execute(rename.format(sql.Identifier(live), sql.Identifier(keep_as)))
        connection.execute(rename.format(sql.Identifier(new), sql.Identifier(live)))


def _end_sessions(connection: psycopg.Connection, databases: Sequence[str], spared: int) -> int:
    """Ends the sessions but one; returns the number of those that were there."""
    pids = [pid for name in databases for pid, _, _ in connection.execute(OTHERS, [name]).fetchall() if pid != spared]
    for pid in pids:
        with suppress(psycopg.errors.InsufficientPrivilege):  # a superuser's: the renaming waits for it, and gives up
            connection.execute("SELECT pg_terminate_backend(%s)", [pid])
    return len(pids)


def _told(connection: psycopg.Connection, database: str) -> str:
    others = connection.execute(OTHERS, [database]).fetchall()
    sessions = ", ".join(f"{pid} ({user}, {name or 'unnamed'})" for pid, user, name in others)
    return f"sessions stay on {database}: {sessions}" if others else ""
