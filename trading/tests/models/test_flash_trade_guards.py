"""The database itself keeps a trade's terms unchanged, and its result final."""

from datetime import timedelta

import pytest

from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from trading.models import FlashTrade
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader
from trading.tests.terms import bear

TERMS = [
    "user_id = user_id + 1", "wallet_id = wallet_id + 1", "idempotency_key = 'x'", "order_digest = 'x'",
    "direction = 'down'", "stake = 1", "currency = 'EUR'", "demo = false", "duration_seconds = 1", "payout_rate = 5",
    "payout = payout + 1", "rule_version = rule_version + 1", "accepted_at = accepted_at - interval '1 s'",
    "entry_at = entry_at + interval '1 s'", "expires_at = expires_at + interval '1 s'", "id = gen_random_uuid()",
]  # fmt: skip
RESULTS = [
    "outcome = 'lost', profit = -stake", "exit_price = 1", "profit = 1000", "settled_at = now()", "exit_samples = 5",
    "void_reason = 'x', outcome = 'voided'", "entry_price = 1", "outcome = outcome",
    "state = 'open', outcome = NULL, profit = NULL, settled_at = NULL, exit_price = NULL",
]  # fmt: skip
SETTLED = "state = 'settled', outcome = %s, profit = 0, settled_at = now(), entry_price = %s"


def enter(stage: Stage) -> None:
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=1))


def end(stage: Stage) -> None:
    enter(stage)
    stage.price(NOON + timedelta(seconds=61), "60000.01")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))


@pytest.mark.parametrize("change", TERMS)
def test_the_terms_are_fixed_from_the_start(stage: Stage, alice: Trader, change: str) -> None:
    alice.place()
    with refused("terms_are_fixed"):
        run_sql(f"UPDATE flash_trades SET {change}")


def test_an_entry_price_stays(stage: Stage, alice: Trader) -> None:
    alice.place()
    enter(stage)
    for change in ("entry_price = entry_price - 1", "state = 'pending', entry_price = NULL"):
        with refused("trades_only_move_on"):
            run_sql(f"UPDATE flash_trades SET {change}")
    with refused("trades_only_move_on"):
        run_sql(f"UPDATE flash_trades SET {SETTLED}", "won", 1)


@pytest.mark.parametrize("change", RESULTS)
def test_a_result_is_final(stage: Stage, alice: Trader, change: str) -> None:
    alice.place()
    end(stage)
    with refused("trades_only_move_on"):
        run_sql(f"UPDATE flash_trades SET {change}")


def test_a_trade_is_kept(stage: Stage, alice: Trader) -> None:
    alice.place()
    with refused("trades_are_kept"):
        run_sql("DELETE FROM flash_trades")
    with refused("trades_are_kept"):
        FlashTrade.objects.all().delete()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("state = 'settled'", "settled_once_with_an_outcome"),
        ("outcome = 'won'", "settled_once_with_an_outcome"),
        ("profit = 1", "settled_once_with_an_outcome"),
        ("exit_price = 1", "settled_once_with_an_outcome"),
        ("state = 'open'", "open_with_an_entry_price"),
        ("entry_price = 1", "open_with_an_entry_price"),
        ("state = 'settled', outcome = 'won', profit = 0, settled_at = now()", "open_with_an_entry_price"),
    ],
)
def test_a_state_has_what_belongs_to_it(stage: Stage, alice: Trader, change: str, constraint: str) -> None:
    alice.place()
    with refused(constraint):
        run_sql(f"UPDATE flash_trades SET {change}")


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("stake", "0", "stake_is_positive"),
        ("stake", "'NaN'", "a_payout_includes_the_stake"),
        ("payout", "stake - 0.01", "a_payout_includes_the_stake"),
        ("payout", "'NaN'", "a_payout_includes_the_stake"),
        ("entry_at", "accepted_at", "times_ascend"),
        ("expires_at", "entry_at", "times_ascend"),
        ("idempotency_key", "idempotency_key", "one_trade_a_key"),
    ],
)
def test_no_trade_is_born_wrong(stage: Stage, alice: Trader, column: str, value: str, constraint: str) -> None:
    alice.place()
    with refused(constraint):
        bear({column: value})
