import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from cryptotrader.tests.cast import NOON, open_stage, trader
from trading.services.settle_due_trades import settle_due_trades

pytestmark = pytest.mark.django_db(transaction=True)


def reconcile() -> dict[str, object]:
    """The command's report; its exit code is 3 exactly when there are faults."""
    out = StringIO()
    try:
        call_command("reconcile_ledger", "--json", stdout=out)
        code = 0
    except SystemExit as end:
        code = int(str(end.code))
    report: dict[str, object] = json.loads(out.getvalue())
    assert code == (3 if report["faults"] else 0)
    return report


def tampered(statement: str) -> None:
    """What only somebody can do who switches the guards off: the database's owner."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def _history(transactional_db: None) -> None:
    stage, alice = open_stage(), trader("alice")
    alice.place()
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))
    alice.place(at=NOON + timedelta(seconds=62), stake="50")


@pytest.mark.usefixtures("_history")
def test_it_finds_nothing_wrong_in_a_ledger_that_only_services_wrote() -> None:
    report = reconcile()
    assert report["faults"] == []
    assert (report["trades"], report["transfers"]) == (2, 5)


@pytest.mark.usefixtures("_history")
@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE ledger_accounts SET balance = balance + 1 WHERE kind = 'wallet'", "balance-equals-transfers"),
        ("UPDATE ledger_accounts SET balance = balance + 1 WHERE kind = 'house'", "book-sums-to-zero"),
        ("UPDATE ledger_accounts SET held = held + 1 WHERE kind = 'wallet'", "balance-equals-transfers"),
        ("UPDATE transfers SET amount = amount + 1 WHERE kind = 'grant'", "balance-equals-transfers"),
        ("UPDATE transfers SET demo = false WHERE kind = 'payout'", "one-currency-one-book"),
        ("DELETE FROM transfers WHERE kind = 'stake' AND phase = 'void'", "one-opening-and-one-resolution"),
        ("UPDATE flash_trades SET stake = stake + 1, payout = payout + 1", "one-opening-and-one-resolution"),
    ],
)
def test_it_finds_what_was_done_behind_the_guards(statement: str, check: str) -> None:
    tampered(statement)
    faults = reconcile()["faults"]
    assert isinstance(faults, list)
    assert check in {fault["check"] for fault in faults}
