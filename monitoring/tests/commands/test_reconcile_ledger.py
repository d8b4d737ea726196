import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker, Settings

from accounts.domain.approvals.requests import Role
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.tests.cast import NOON
from accounts.tests.codes import App
from accounts.tests.staff import staff_member
from accounts.tests.till import TOMORROW, customer, open_terms
from monitoring.tests.kept_rows import KeptRows
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


def reconcile() -> dict[str, object]:
    """Returns the command's report; its exit code is 3 exactly when there are faults."""
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
    """Runs a statement with the guards off, as only the database's owner can."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            assert cursor.execute(statement).rowcount
        finally:
            cursor.execute("SET session_replication_role = origin")


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[KeptRows]]:
    """The history, once the first test has made it: that takes ten times as long as a test."""
    rows: list[KeptRows] = []
    yield rows
    with django_db_blocker.unblock():
        for each in rows:
            each.forget()


@pytest.fixture
def _history(kept: list[KeptRows], transactional_db: None, settings: Settings) -> None:
    settings.REAL_CURRENCIES = ("USDT",)
    if kept:
        kept[0].restore()
    else:
        _make_history()
        kept.append(KeptRows())


def _make_history() -> None:
    stage, alice = open_stage(), trader("alice")
    alice.place()
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))
    alice.place(at=NOON + timedelta(seconds=62), stake="50")
    _pay_in_and_out(alice)


def _pay_in_and_out(who: Trader) -> None:
    """Makes a deposit that is done and three withdrawals: in review, paid out and cancelled, each with its fee."""
    open_terms()
    open_operator_accounts(currency="USDT", demo=False, now=NOON)
    payer, staff = customer(who, App(who.user)), staff_member("finn", Role.FINANCE).pk
    payer.pay_in("500", by=staff)
    payer.beneficiary()
    _, paid_out, cancelled = (payer.withdraw("20").pk for _ in range(3))
    approve_withdrawal(withdrawal_id=paid_out, decided_by=staff, now=TOMORROW)
    complete_withdrawal(withdrawal_id=paid_out, reference="bank 1", decided_by=staff, now=TOMORROW)
    cancel_withdrawal(withdrawal_id=cancelled, user_id=payer.id, now=TOMORROW)


@pytest.mark.usefixtures("_history")
def test_it_finds_nothing_wrong_in_a_ledger_that_only_services_wrote() -> None:
    report = reconcile()
    assert report["faults"] == []
    assert (report["trades"], report["transfers"]) == (2, 5 + 2 + 10)


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
        (
            "UPDATE flash_trades SET stake = 2 * stake, payout = 2 * payout WHERE state <> 'settled'",
            "one-opening-and-one-resolution",
        ),
        (
            "UPDATE transfers SET phase = 'post' WHERE kind = 'stake' AND phase = 'void'",
            "one-opening-and-one-resolution",
        ),
        ("DELETE FROM transfers WHERE kind = 'payout'", "one-payout-each-win"),
        ("UPDATE transfers SET reference = gen_random_uuid() WHERE kind = 'payout'", "one-payout-each-win"),
        ("UPDATE flash_trades SET profit = 0, outcome = 'tied' WHERE profit > 0", "one-payout-each-win"),
        ("DELETE FROM flash_trades WHERE state <> 'settled'", "held-equals-what-is-under-way"),
        ("UPDATE withdrawals SET amount = amount + 1 WHERE state = 'review'", "held-equals-what-is-under-way"),
        ("UPDATE ledger_accounts SET held = held + 1 WHERE kind = 'house'", "held-equals-what-is-under-way"),
        *(
            (f"UPDATE transfers SET reference = gen_random_uuid() WHERE {which}", "transfer-has-its-subject")
            for which in (
                "kind = 'stake' AND phase = 'void'",
                "kind = 'stake' AND phase = 'pending'",
                "kind = 'payout'",
                "kind = 'deposit'",
                "kind = 'fee' AND phase = 'single'",
                "kind = 'withdrawal' AND phase = 'post'",
                "kind = 'fee' AND phase = 'void'",
            )
        ),
        ("UPDATE transfers SET kind = 'adjustment' WHERE kind = 'payout'", "transfer-has-its-subject"),
        (
            "UPDATE deposits SET user_id = (SELECT id FROM users WHERE email LIKE 'finn%'), decided_by_id = NULL",
            "deposit-keeps-to-its-owners-wallet",
        ),
        (
            "UPDATE withdrawals SET user_id = (SELECT id FROM users WHERE email LIKE 'finn%'), decided_by_id = NULL",
            "withdrawal-keeps-to-its-owners-wallet",
        ),
        (
            "UPDATE flash_trades SET wallet_id = (SELECT id FROM ledger_accounts WHERE kind = 'house' AND demo)",
            "trade-stakes-from-its-traders-wallet",
        ),
        ("UPDATE transfers SET kind = 'bonus' WHERE kind = 'grant'", "transfer-keeps-to-its-route"),
        ("UPDATE transfers SET kind = 'deposit' WHERE kind = 'grant'", "transfer-keeps-to-its-route"),
        ("UPDATE deposits SET state = 'refused'", "one-credit-each-deposit"),
        ("UPDATE deposits SET fee = fee + 1", "one-credit-each-deposit"),
        ("DELETE FROM deposits", "one-credit-each-deposit"),
        ("DELETE FROM deposits", "transfer-has-its-subject"),
        ("DELETE FROM withdrawals WHERE state = 'done'", "transfer-has-its-subject"),
        ("DELETE FROM flash_trades WHERE state <> 'settled'", "transfer-has-its-subject"),
        ("DELETE FROM transfers WHERE kind = 'deposit'", "one-credit-each-deposit"),
        ("DELETE FROM transfers WHERE kind = 'fee' AND phase = 'single'", "one-credit-each-deposit"),
        (
            "UPDATE withdrawals SET state = 'approved', ended_at = NULL WHERE state = 'done'",
            "withdrawal-matches-its-transfers",
        ),
        (
            "UPDATE withdrawals SET state = 'done', provider_reference = 'x' WHERE state = 'cancelled'",
            "withdrawal-matches-its-transfers",
        ),
        ("UPDATE withdrawals SET fee = 3 WHERE state = 'review'", "withdrawal-matches-its-transfers"),
        ("DELETE FROM withdrawals WHERE state = 'done'", "withdrawal-matches-its-transfers"),
        ("DELETE FROM transfers WHERE kind = 'withdrawal' AND phase = 'post'", "withdrawal-matches-its-transfers"),
    ],
)
def test_it_finds_what_was_done_behind_the_guards(statement: str, check: str) -> None:
    tampered(statement)
    faults = reconcile()["faults"]
    assert isinstance(faults, list)
    assert check in {fault["check"] for fault in faults}
