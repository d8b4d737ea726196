from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.errors import InvalidInput
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from trading.domain.errors import UnknownInstrument
from trading.domain.payouts import Payouts
from trading.domain.terms import Direction, Terms
from trading.models import FlashTrade, Instrument, PayoutVersion
from trading.selectors.liability import imbalances
from trading.selectors.payouts import payout_faults, payouts_in_force
from trading.services.instruments.change_payout import change_payout
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.payouts import SECOND, SKEWED, pay


def test_a_version_holds_for_trades_accepted_from_its_moment_on(stage: Stage, alice: Trader) -> None:
    made = pay("0.7", at=NOON + SECOND, rates={30: Decimal("0.75")})
    assert (made.version, made.effective_from) == (2, NOON + SECOND)
    trades = [alice.place(at=NOON + SECOND - timedelta(microseconds=1)), alice.place(at=NOON + SECOND)]
    trades.append(alice.place(at=NOON + SECOND, seconds=30))
    assert [(trade.payout_rate, trade.payout_version) for trade in trades] == [
        (Decimal("0.85"), 1),
        (Decimal("0.70"), 2),
        (Decimal("0.75"), 2),
    ]
    assert payout_faults() == []


def test_it_comes_with_notice_or_later(stage: Stage, alice: Trader) -> None:
    later = change_payout(
        symbol=SYMBOL,
        payouts=Payouts(0, Decimal("0.7")),
        reason=" weekend ",
        made_by=alice.user.pk,
        now=NOON,
        effective_from=NOON + timedelta(days=1),
    )
    assert (later.effective_from, later.reason, later.version) == (NOON + timedelta(days=1), "weekend", 2)
    soon = change_payout(
        symbol=SYMBOL,
        payouts=Payouts(0, Decimal("0.9")),
        reason="x",
        made_by=alice.user.pk,
        now=NOON,
        effective_from=NOON,
    )
    assert (soon.effective_from, soon.version) == (NOON + timedelta(seconds=10), 3)
    in_force = [payouts_in_force([stage.instrument.pk], NOON + timedelta(hours=hours)) for hours in (0, 1, 48)]
    assert [each[stage.instrument.pk].version for each in in_force] == [1, 3, 3]  # the newest replaces them all


def test_it_says_what_is_wrong(stage: Stage) -> None:
    good: dict[str, Any] = {
        "symbol": SYMBOL,
        "payouts": Payouts(0, Decimal("0.9")),
        "reason": "x",
        "made_by": 1,
        "now": NOON,
    }
    for change in ({"payouts": Payouts(0, Decimal(2))}, {"reason": "  "}, {"effective_from": NOON - SECOND}):
        with pytest.raises(InvalidInput):
            change_payout(**good | change)
    with pytest.raises(UnknownInstrument):
        change_payout(**good | {"symbol": "NO-SUCH"})
    assert PayoutVersion.objects.count() == 1


def test_instruments_dont_share_payouts(stage: Stage) -> None:
    other = Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[60])
    pay("0.7", symbol="ETH-USDT")
    found = payouts_in_force([stage.instrument.pk, other.pk], NOON)
    assert [(found[pk].version, found[pk].rate) for pk in (stage.instrument.pk, other.pk)] == [
        (1, Decimal("0.85")),
        (2, Decimal("0.7")),
    ]


def test_the_imbalance_is_what_is_owed_on_up_less_that_on_down_until_it_is_settled(stage: Stage, alice: Trader) -> None:
    key = (stage.instrument.pk, True)
    alice.place()
    assert imbalances([stage.instrument.pk]) == {}  # without a cap there are no counters
    Instrument.objects.update(liability_max=10_000, bucket_liability_max=5_000)
    assert imbalances([stage.instrument.pk]) == {key: 85}
    alice.place(stake="200", direction=Direction.DOWN)
    alice.place(stake="10", direction=Direction.DOWN, seconds=300)
    assert imbalances([stage.instrument.pk]) == {key: Decimal("-93.5")}
    stage.prices(NOON + SECOND, ["60000.00"] * 61)
    settle_due_trades(instrument=SYMBOL, now=NOON + 61 * SECOND)
    assert imbalances([stage.instrument.pk]) == {key: Decimal("-8.5")}


def test_it_is_the_same_when_a_capacity_was_short_and_all_its_stripes_were_locked(stage: Stage, alice: Trader) -> None:
    Instrument.objects.update(liability_max=Decimal("170"))
    alice.place(direction=Direction.DOWN)
    alice.place(stake="99")
    assert imbalances([stage.instrument.pk]) == {(stage.instrument.pk, True): Decimal("-0.85")}


def test_a_skew_pays_less_for_what_many_hold(stage: Stage, alice: Trader) -> None:
    Instrument.objects.update(liability_max=100_000, stake_max=5000)
    pay(**SKEWED)
    rates = [alice.place(stake="1000").payout_rate for _ in range(3)]
    assert rates == [Decimal("0.85"), Decimal("0.8075"), Decimal("0.80")]
    assert alice.place(direction=Direction.DOWN).payout_rate == Decimal("0.90")
    assert payout_faults() == []


def test_the_reconciliation_finds_a_rate_that_no_version_offered(stage: Stage, alice: Trader) -> None:
    pay("0.7", at=NOON + SECOND)
    trade = alice.place()
    assert payout_faults() == []
    row: dict[str, Any] = {field.attname: getattr(trade, field.attname) for field in FlashTrade._meta.fields}
    wrong: list[dict[str, Any]] = [
        {"payout_version": 2},  # not yet
        {"payout_version": 9},
        {"payout_version": None},
        {"payout_rate": Decimal("0.8501"), "payout": Decimal("185.01")},
        # no longer, quoted or not
        {"accepted_at": NOON + 6 * SECOND, "entry_at": NOON + 7 * SECOND, "expires_at": NOON + 67 * SECOND},
    ]
    for number, change in enumerate(wrong, 1):
        row |= {"id": f"00000000-0000-7000-8000-00000000000{number}", "idempotency_key": f"bad-{number}"}
        with refused("rates_are_offered"):
            FlashTrade.objects.create(**row | change)
        with transaction.atomic():
            run_sql("SET LOCAL session_replication_role = replica")
            FlashTrade.objects.create(**row | change)
            run_sql("SET LOCAL session_replication_role = origin")
        assert len(payout_faults()) == number
    assert {fault.check for fault in payout_faults()} == {"trade-keeps-one-payout-version"}


@given(
    st.decimals(min_value="0.01", max_value=10**9, places=2),
    st.decimals(min_value="0.0001", max_value=5, places=4),
)
def test_a_payout_is_the_stake_and_the_rate_of_it_rounded_down(stake: Decimal, rate: Decimal) -> None:
    pip, times = Decimal("0.01"), (NOON, NOON + SECOND, NOON + 61 * SECOND)
    terms = Terms(Direction.UP, stake, "USDT", 60, rate, pip, *times)
    exact = stake * (1 + rate)
    assert 0 <= exact - terms.payout < Decimal("0.01")
    assert terms.payout == terms.payout.quantize(Decimal("0.01")) >= stake
