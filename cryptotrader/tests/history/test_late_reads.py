"""Exports and pages of the past may come from a standby; no balance ever does."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections, transaction
from django.test import Client

from accounts.database_errors import READ_ONLY_TRANSACTION, sqlstate_of
from accounts.late_reads import REPLICA, BalanceFromReplica, late_database
from accounts.models import LedgerAccount, Transfer
from accounts.tests.cast import NOON, PASSWORD
from trading.models import FlashTrade
from trading.selectors.trades import close_order_of, trades_of
from trading.tests.cast import Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """A second way to the same database, as a standby has the same rows; and all statements that went there."""
    statements: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        statements.append(str(sql))
        return execute(sql, params, many, context)

    options = {name: value for name, value in settings.DATABASES["default"]["OPTIONS"].items() if name != "pool"}
    options |= {"options": "-c default_transaction_read_only=on"}
    with pytest.MonkeyPatch.context() as patch:
        replica = connections.create_connection("default")
        replica.alias, replica.settings_dict = REPLICA, connections.settings["default"] | {"OPTIONS": options}
        replica.ensure_connection()  # while Django's tests don't know its name: then they allow it
        connections[REPLICA] = replica
        for known in (settings.DATABASES, connections.settings):
            patch.setitem(known, REPLICA, replica.settings_dict)
        replica.execute_wrappers.append(note)
        yield statements
        replica.close()
        del connections[REPLICA]


@pytest.fixture
def alice(asked: list[str]) -> Trader:
    open_stage()
    return trader("alice")


def test_without_a_standby_everything_comes_from_the_primary() -> None:
    assert late_database() == "default"


def test_pages_of_the_past_come_from_the_standby_and_the_newest_one_does_not(alice: Trader, asked: list[str]) -> None:
    older, newer = alice.place(), alice.place(at=NOON + timedelta(milliseconds=1))
    assert [trade.id for trade in trades_of(alice.user.pk)] == [newer.id, older.id]
    assert asked == []
    (found,) = trades_of(alice.user.pk, before=newer.id)
    assert (found.id, found._state.db) == (older.id, REPLICA)
    assert close_order_of(found) is None
    assert asked
    assert all("flash_trades" in sql or "close_orders" in sql for sql in asked)


def test_exports_come_from_the_standby(alice: Trader, asked: list[str]) -> None:
    alice.place()
    out = StringIO()
    call_command("export_trades", "--quiet", stdout=out)
    assert out.getvalue().count("\n") == 1
    assert any("flash_trades" in sql for sql in asked)


def test_no_page_with_money_asks_the_standby(alice: Trader, asked: list[str], client: Client) -> None:
    trade = alice.place()
    assert client.login(email=alice.user.email, password=PASSWORD)
    wallet = LedgerAccount.objects.get(owner=alice.user).pk
    statement = f"/api/v1/wallets/{wallet}/statement"
    pages = [
        "/",
        "/history/",
        "/wallet/",
        "/api/v1/wallets",
        statement,
        f"{statement}.csv",
        f"/api/v1/flash-trades/{trade.id}",
    ]
    for page in pages:
        answer = client.get(page, follow=True)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert (answer.status_code, bool(text)) == (200, True), page
    assert asked == []


@pytest.mark.parametrize("table", [LedgerAccount, Transfer])
def test_a_balance_can_not_be_read_from_the_standby(alice: Trader, asked: list[str], table: Any) -> None:
    with pytest.raises(BalanceFromReplica):
        table.objects.using(REPLICA).first()
    with pytest.raises(BalanceFromReplica), connections[REPLICA].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table._meta.db_table}")


def test_nothing_is_written_through_it(alice: Trader, asked: list[str]) -> None:
    """HAProxy leads there to the primary when no standby runs."""
    trade = alice.place()
    with pytest.raises(OperationalError) as refused, transaction.atomic(using=REPLICA):
        FlashTrade.objects.using(REPLICA).filter(pk=trade.pk).update(demo=True)
    assert sqlstate_of(refused.value) == READ_ONLY_TRANSACTION
