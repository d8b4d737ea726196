"""The reconciliation finds each broken receipt, also where the guards were taken away."""

from datetime import timedelta

import pytest

from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from trading.models import Receipt
from trading.selectors.proof.receipt_faults import receipt_faults
from trading.tests.cast import Stage, Trader
from trading.tests.closing import ask, at, open_one
from trading.tests.terms import drop_checks

pytestmark = pytest.mark.django_db
CHAIN, TELLS, SIGNED, EACH = (
    "receipts-are-one-chain",
    "receipt-tells-its-acceptance",
    "receipt-is-signed",
    "each-acceptance-has-its-receipt",
)
TAMPERINGS = {
    "UPDATE flash_trades SET payout_version = 9": {TELLS, SIGNED},
    "UPDATE flash_trades SET idempotency_key = '\"' WHERE stake = 100": {TELLS},
    "UPDATE flash_trades SET accepted_at = accepted_at + interval '1 us' WHERE stake = 100": {TELLS},
    "UPDATE flash_trades SET direction = 'down' WHERE stake = 100": {TELLS},
    "UPDATE close_orders SET min_price = 51": {TELLS},
    "UPDATE close_orders SET asked_at = asked_at - interval '1 us'": {TELLS},
    "UPDATE receipts SET price_sequence = 7 WHERE number = 3": {TELLS, SIGNED},
    "UPDATE receipts SET signature = digest || digest WHERE number = 3": {TELLS, SIGNED},
    "UPDATE receipts SET digest = previous WHERE number = 3": {TELLS},
    "UPDATE receipts SET digest = previous WHERE number = 1": {TELLS, CHAIN},
    "UPDATE receipts SET previous = digest WHERE number = 2": {TELLS, CHAIN},
    "UPDATE receipts SET key_id = 0 WHERE number = 2": {TELLS},
    "UPDATE receipts SET number = 9 WHERE number = 3": {TELLS, SIGNED, CHAIN},
    "DELETE FROM receipts WHERE number = 2": {CHAIN},
    "DELETE FROM receipts WHERE number = 1": {CHAIN},
    "DELETE FROM close_orders": {TELLS},
}
"""What a superuser writes -> the faults that name it."""


@pytest.fixture(autouse=True)
def tampered(stage: Stage, alice: Trader) -> None:
    """The order of a trade, its close order, and another order; then the guards are taken away."""
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.123456), min_price="50")
    scene.go_to(45)
    alice.place(at=at(45), stake="7")
    assert [Receipt.objects.count(), receipt_faults()] == [3, []]
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit
    run_sql("SET LOCAL session_replication_role = replica")
    drop_checks()


@pytest.mark.parametrize("change", TAMPERINGS)
def test_each_change_is_found(change: str) -> None:
    assert run_sql(change) > 0
    assert {fault.check for fault in receipt_faults()} == TAMPERINGS[change]


def test_an_acceptance_without_a_receipt_is_found_a_day_after_the_first_one(alice: Trader) -> None:
    """Before, a program of the version without receipts may still take orders."""
    run_sql("DELETE FROM receipts WHERE number = 3")
    assert receipt_faults() == []
    run_sql(f"UPDATE flash_trades SET accepted_at = '{NOON + timedelta(days=1, seconds=39)}' WHERE stake = 7")
    assert receipt_faults() == []
    run_sql(f"UPDATE flash_trades SET accepted_at = '{NOON + timedelta(days=1, seconds=41)}' WHERE stake = 7")
    assert {fault.check for fault in receipt_faults()} == {EACH}


def test_old_trades_need_none() -> None:
    run_sql("DELETE FROM receipts")
    assert receipt_faults() == []
