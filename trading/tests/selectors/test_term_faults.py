"""The reconciliation finds each contradiction in a trade's terms by itself, also where the guards were taken away."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from trading.models import Instrument
from trading.selectors.proof.term_faults import CHECKS, term_faults
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader
from trading.tests.terms import drop_checks

pytestmark = pytest.mark.django_db(transaction=True)
TAMPERINGS = {
    "payout = 50 * stake, profit = 49 * stake": {"trade-pays-its-terms"},
    "payout_rate = 0.86": {"trade-pays-its-terms"},
    "stake = stake + 0.001, payout = payout + 0.001": {"trade-stakes-an-amount-of-its-currency"},
    "accepted_at = accepted_at - interval '1 s'": {"trade-enters-after-its-acceptance"},
    "accepted_at = entry_at - interval '0.9 s'": {"trade-enters-after-its-acceptance"},
    "entry_at = entry_at + interval '1 s', expires_at = expires_at + interval '1 s'": {
        "trade-enters-after-its-acceptance"
    },
    "rule_version = 99": {"trade-enters-after-its-acceptance"},
    "expires_at = expires_at + interval '1 s'": {"trade-expires-after-its-duration"},
    "duration_seconds = 1": {"trade-expires-after-its-duration", "trade-lasts-as-long-as-the-rules-say"},
    "duration_seconds = 14, expires_at = entry_at + interval '14 s'": {"trade-lasts-as-long-as-the-rules-say"},
    "profit = payout": {"trade-gains-by-its-outcome"},
    "outcome = 'lost'": {"trade-gains-by-its-outcome"},
    "outcome = 'tied'": {"trade-gains-by-its-outcome"},
    "wallet_id = (SELECT id FROM ledger_accounts WHERE kind = 'house' AND demo)": {
        "trade-stakes-from-its-traders-wallet"
    },
    "user_id = (SELECT id FROM users WHERE email LIKE 'bob%%')": {"trade-stakes-from-its-traders-wallet"},
    "demo = false": {"trade-stakes-from-its-traders-wallet"},
    "instrument_id = (SELECT id FROM instruments WHERE currency = 'KRW')": {"trade-is-in-its-instruments-currency"},
    "instrument_id = (SELECT id FROM instruments WHERE NOT tradable)": {"trade-is-in-its-instruments-currency"},
    "accepted_at = accepted_at + interval '1 hour', entry_at = entry_at + interval '1 hour',"
    " expires_at = expires_at + interval '1 hour'": {"trade-was-accepted-when-it-was-staked"},
}
"""What a superuser writes -> the faults that name it, and no others."""


def unguarded() -> None:
    """Takes the guards of trades away for the rest of the transaction, as only the database's owner can."""
    run_sql("SET LOCAL session_replication_role = replica")
    drop_checks()


def test_each_contradiction_is_found_by_itself(stage: Stage, alice: Trader, bob: Trader) -> None:
    alice.place()
    Instrument.objects.create(symbol="BTC-KRW", pip=1, durations=[60], currency="KRW")
    Instrument.objects.create(symbol="USDT-USD", pip=1, durations=[60], tradable=False, status="retired")
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))
    assert term_faults() == []
    found = {}
    for change in TAMPERINGS:
        with transaction.atomic():
            unguarded()
            run_sql(f"UPDATE flash_trades SET {change}")
            found[change] = {fault.check for fault in term_faults()}
            transaction.set_rollback(True)
    assert found == TAMPERINGS
    assert set().union(*TAMPERINGS.values()) == CHECKS.keys()
    assert bob.wallet.held == 0
