"""Databases to restore in tests, beside the test's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.tests.cast import NOON
from monitoring.recovery import databases
from monitoring.recovery.elsewhere import on_database
from monitoring.recovery.server import Server
from monitoring.services.restore_dump import Target
from trading.models import FlashTrade, IndexPrice, Instrument
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, open_stage, trader

EXPIRY = NOON + timedelta(seconds=61)


def own_target(name: str = "live") -> Target:
    """A database beside the test's, on the same server."""
    database = connection.settings_dict
    return Target(Server.of(database), f"{database['NAME']}_{name}")


@contextmanager
def removed_afterwards(target: Target) -> Iterator[Target]:
    """Drops the target and everything that its restores left."""
    try:
        yield target
    finally:
        with target.server.connect() as server:
            names = [target.live, *databases.kept_databases(server, target.live)]
            for name in [*names, *(databases.beside(target.live, work) for work in ("restore", "drill"))]:
                databases.drop(server, name)


def quiet(_text: str) -> None:
    """Nobody reads the progress."""


def restored(*arguments: str) -> tuple[int, str]:
    """The exit code of the command `restore`, and its report or its one line."""
    out = StringIO()
    try:
        call_command("restore", *arguments, "--no-input", stdout=out)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def names_on(target: Target) -> list[str]:
    """The databases of a target: the live one, the kept ones, and what an interrupted restore has left."""
    with target.server.connect() as server:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY 1"
        return [name for (name,) in server.execute(query, [f"{target.live}%"]).fetchall()]


def open_market_with_two_trades() -> tuple[Stage, Trader]:
    """Alice's first trade has won; her second is under way, and the prices that decide it are still to come."""
    stage, alice = open_stage(), trader("alice")
    alice.place()
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(EXPIRY, "60001.00")
    settle_due_trades(instrument="BTC-USDT", now=EXPIRY)
    alice.place(at=EXPIRY, stake="50")
    return stage, alice


def later_prices() -> None:
    """The market goes on: the second trade enters and loses by these prices."""
    stage = Stage(Instrument.objects.get(symbol="BTC-USDT"))
    stage.price(EXPIRY + timedelta(seconds=1), "60002.00")
    stage.price(EXPIRY + timedelta(seconds=61), "60001.50")


def settle_later() -> None:
    settle_due_trades(instrument="BTC-USDT", now=EXPIRY + timedelta(seconds=61))


def chain_of(target: Target) -> list[tuple[int, str]]:
    with on_database(target.server, target.live):
        return list(IndexPrice.objects.order_by("priced_at").values_list("sequence", "digest"))


def trades_of(target: Target) -> list[tuple[str, object, object]]:
    with on_database(target.server, target.live):
        return list(FlashTrade.objects.order_by("accepted_at").values_list("state", "outcome", "profit"))


def real_time() -> Callable[[], object]:
    return timezone.now
