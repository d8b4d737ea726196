"""Restores a dump beside the live database, verifies it, and lets the two change places."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from accounts.domain.moments import Clock
from accounts.steps.end_all_sessions import end_all_sessions
from monitoring.domain.recovery import RestoreRefused
from monitoring.models import Restore
from monitoring.recovery import databases
from monitoring.recovery.elsewhere import on_database
from monitoring.recovery.losses import losses, marks_of_state
from monitoring.recovery.restoring import Dump, Say, differences, fill
from monitoring.recovery.room import room_at_the_server
from monitoring.recovery.server import Server
from monitoring.recovery.unknown_migrations import unknown_migrations
from monitoring.services.grant_roles import grant_roles, roles_missing
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.selectors.proof.chain_faults import chain_faults
from trading.selectors.proof.proofs import public_keys
from trading.services.proof.rotate_keys import rotate_keys
from trading.steps.carry_history import carry_history

FROZEN = ("index_prices", "daily_digests", "signing_keys", "audit_events", "transfers")
"""Nobody writes to these from the last look at them until the exchange. Each movement of money makes a transfer."""

FREEZE = "SET lock_timeout = '10s'; BEGIN; LOCK TABLE {} IN EXCLUSIVE MODE"
FREEZE_TRIES = 3
NO_DATABASE = (
    "no database was here before: prices that the platform has published after that moment aren't known, and the chain"
    " goes on without them. A new key signs it"
)


@dataclass(frozen=True, slots=True)
class Target:
    """The database to restore, on its server."""

    server: Server
    live: str

    @staticmethod
    def of_site() -> "Target":
        """The site's database, reached by the login that may make databases (RESTORE_DATABASE_URL)."""
        database = settings.RESTORE_DATABASE or settings.DATABASES["default"]
        return Target(Server.of(database), str(database["NAME"]))


@dataclass(frozen=True, slots=True)
class Restored:
    """A verified restore. `kept_as` is None when nothing was exchanged, or there was no database before."""

    source: str
    state_at: datetime
    kept_as: str | None
    exchanged: bool
    rows: int
    prices_carried: int
    lost: tuple[str, ...]
    seconds: float


@dataclass(slots=True)
class Past:
    """The database before: a session on it, what goes over, and what gets lost."""

    live: psycopg.Connection | None
    prices_carried: int = 0
    forks: list[str] = field(default_factory=list)
    """Why newer prices can't go over. Empty: they can."""

    marks: Mapping[str, int] = field(default_factory=dict)
    """The newest rows that the restored state has, too."""

    lost: list[str] = field(default_factory=list)
    """A line for each thing that the database before has, and the restored one lacks."""

    def look(self) -> None:
        """Find out what gets lost, as things stand."""
        self.lost = self.forks + (list(losses(self.live, self.marks)) if self.live is not None else [])


def restore_dump(
    *, dump: Dump, target: Target, clock: Clock, say: Say, exchange: bool, drill: bool = False
) -> Restored:
    """Restore a dump into a new database, verify it, bring it up to date and, if `exchange`, put it in place.

    If anything fails, the live database stays as it is, and the new one is dropped; that of a killed run goes with the
    next. `drill` works under another name, beside a restore. Raises RestoreRefused, LockHeld, SessionsStay, and
    psycopg.OperationalError when the server doesn't answer.
    """
    begun, work = time.monotonic(), "drill" if drill else "restore"
    with room_at_the_server(), databases.lock(target.server, work, target.live) as server:
        new = databases.beside(target.live, work)
        before = target.live if databases.exists(server, target.live) else None
        kept_as = databases.kept(target.live, clock()) if before and exchange else None
        try:
            databases.make(server, new, like=before)
            _fill_and_compare(target, new, dump, say)
            with session_on(target, before) as live:
                past = Past(live)
                _bring_up_to_date(target, new, past, dump, say)
                if exchange:
                    row = Restore(restored_at=clock(), state_at=dump.state_at, source=dump.source)
                    row.kept_as = kept_as or "" if live is not None else ""
                    say("putting it in place")
                    put_in_place(target, new, past, row, kept_as or "")
                    if kept_as and live is None:  # it was empty
                        databases.drop(server, kept_as)
                        kept_as = None
        finally:
            databases.drop(server, new)
    rows, took = sum(dump.contents.rows.values()), time.monotonic() - begun
    return Restored(
        dump.source, dump.state_at, kept_as, exchange, rows, past.prices_carried, tuple(past.lost), round(took, 3)
    )


def put_in_place(target: Target, new: str, past: Past, row: Restore, kept_as: str) -> None:
    """Write down the restore in `new`, and let it change places with the live database.

    The prices of the last seconds go over, and the losses are counted, while no other price and no money can be
    recorded: a withdrawal that was paid out meanwhile must stand on the list. Raises RestoreRefused, SessionsStay.
    """
    if past.live is not None:
        try:
            _freeze(past.live)
        except psycopg.Error:
            if not past.forks:  # a damaged database may be read no more; then it is replaced all the same
                raise
    with on_database(target.server, new), transaction.atomic(durable=True):
        if past.live is not None and not past.forks:
            past.prices_carried += carry_history(past.live).prices
        past.look()
        row.prices_carried, row.lost = past.prices_carried, past.lost
        row.save(force_insert=True)
    databases.exchange(target.server, target.live, new=new, keep_as=kept_as, last=past.live)


def _freeze(live: psycopg.Connection) -> None:
    """Lock the tables that are there. The platform takes their locks in other orders: one of us may have to yield."""
    found = live.execute("SELECT name FROM unnest(%s::text[]) name WHERE to_regclass(name) IS NOT NULL", [list(FROZEN)])
    names = [str(name) for (name,) in found.fetchall()]
    for tries_left in reversed(range(FREEZE_TRIES)):
        try:
            if names:
                live.execute(FREEZE.format(", ".join(names)))
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            live.execute("ROLLBACK")
            if isinstance(error, psycopg.errors.LockNotAvailable) or not tries_left:
                raise RestoreRefused("another session keeps the tables of prices or money locked: try again") from error
        else:
            return


def _fill_and_compare(target: Target, new: str, dump: Dump, say: Say) -> None:
    say("restoring the dump")
    fill(target.server, new, dump, say)
    say("comparing rows, ledger and chains with the manifest")
    if wrong := next(differences(target.server, new, dump.contents), None):
        raise RestoreRefused(f"the restored database is not the one that was dumped: {wrong}")


def _bring_up_to_date(target: Target, new: str, past: Past, dump: Dump, say: Say) -> None:
    with on_database(target.server, new):
        if unknown := unknown_migrations():
            raise RestoreRefused(f"the backup is of a newer program: this one doesn't know {unknown[0]}")
        if past.live is not None:
            past.marks = marks_of_state(past.live)  # before the program's own changes leave events
        say("migrating")
        call_command("migrate", interactive=False, verbosity=0)
        if not roles_missing():
            grant_roles()
        say("carrying over newer prices, digests and keys")
        carry_over(past)
        say("verifying the ledger and the chains")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # a dump has no statistics, and the checks join everything
        _verify()


def carry_over(past: Past) -> None:
    """Sessions end: those that were ended since would live again. A key that signed other prices signs no more."""
    with transaction.atomic(durable=True):
        end_all_sessions()
    if past.live is None:
        past.forks = [NO_DATABASE]
    else:
        try:
            with transaction.atomic(durable=True):
                carried = carry_history(past.live)
            past.prices_carried, past.forks = carried.prices, list(carried.lost)
        except psycopg.Error as error:
            past.forks = [f"newer prices can't be carried over: {str(error).splitlines()[0]}"]
    past.look()
    if past.forks and public_keys():
        rotate_keys(now=_now())


def _verify() -> None:
    faults = [f"{fault.check}: {fault.subject}: {fault.detail}" for fault in reconcile_ledger().faults]
    faults += [f"{place}: {fault}" for place, fault in chain_faults()]
    if faults:
        more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise RestoreRefused(f"the restored database is wrong: {faults[0]}{more}")


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


@contextmanager
def session_on(target: Target, live: str | None) -> Iterator[psycopg.Connection | None]:
    """Yields a session on the live database; None where there is none, or while it has no table at all."""
    if live is None:
        yield None
        return
    with target.server.connect(live) as session:
        tables = session.execute("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1").rowcount
        yield session if tables else None
