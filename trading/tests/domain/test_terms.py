from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.errors import Refusal
from trading.domain.errors import DurationNotOffered, InstrumentClosed, PriceMoved, StakeOutOfBounds, StalePrice
from trading.domain.orders import agree
from trading.domain.terms import Direction, Market, PayoutOffer, Status, Terms, entry_second

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
MARKET = Market(
    symbol="BTC-USDT",
    status=Status.OPEN,
    currency="USDT",
    pip=Decimal("0.01"),
    stake_min=Decimal(1),
    stake_max=Decimal(1000),
    durations=[10, 15, 60, 3600],
    priced_at=NOON,
)
OFFER = PayoutOffer(base=Decimal("0.80"), rate_skew=Decimal("0.05"), version=3)

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def order(
    market: Market = MARKET,
    *,
    stake: str = "100",
    seconds: int = 60,
    min_payout_rate: str | None = None,
    now: datetime = NOON,
) -> Terms:
    return agree(
        market,
        direction=Direction.UP,
        stake=Decimal(stake),
        duration_seconds=seconds,
        offer=OFFER,
        min_payout_rate=Decimal(min_payout_rate) if min_payout_rate else None,
        now=now,
    )


@pytest.mark.parametrize(
    ("accepted", "entry"),
    [
        ("12:00:00.000000", "12:00:01"),
        ("12:00:00.000001", "12:00:02"),
        ("12:00:00.500000", "12:00:02"),
        ("12:00:00.999999", "12:00:02"),
        ("23:59:59.100000", "00:00:01"),
    ],
)
def test_a_trade_enters_at_the_first_whole_second_a_second_or_more_away(accepted: str, entry: str) -> None:
    accepted_at = datetime.fromisoformat(f"2026-03-01T{accepted}Z")

    assert f"{entry_second(accepted_at):%H:%M:%S}" == entry


@given(instants)
def test_the_entry_is_a_whole_second_between_one_and_two_seconds_away(accepted_at: datetime) -> None:
    entry_at = entry_second(accepted_at)

    assert entry_at.microsecond == 0
    assert timedelta(seconds=1) <= entry_at - accepted_at < timedelta(seconds=2)


@given(instants)
def test_all_times_are_fixed_at_acceptance(now: datetime) -> None:
    terms = order(replace(MARKET, priced_at=now.replace(microsecond=0)), now=now)

    assert terms.accepted_at == now
    assert terms.entry_at == entry_second(now)
    assert terms.expires_at - terms.entry_at == timedelta(seconds=60)
    assert terms.expires_at.microsecond == 0


def test_a_win_returns_the_stake_and_the_payout_rate_of_it_rounded_down_to_the_cent() -> None:
    assert order(stake="100").payout == Decimal("185.00")
    assert order(stake="1.11").payout == Decimal("2.05")  # 1.11 × 1.85 = 2.0535


def test_the_terms_are_those_of_the_market_at_that_moment() -> None:
    terms = order()

    assert (terms.payout_rate, terms.pip, terms.currency) == (Decimal("0.85"), Decimal("0.01"), "USDT")
    assert (terms.stake, terms.duration_seconds, terms.rule_version) == (Decimal(100), 60, 2)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.OPEN])
def test_it_refuses_orders_on_an_instrument_that_is_not_open(status: Status) -> None:
    with pytest.raises(InstrumentClosed):
        order(replace(MARKET, status=status))


def test_it_takes_a_price_that_is_two_seconds_old_and_no_older() -> None:
    order(now=NOON + timedelta(seconds=2))

    with pytest.raises(StalePrice):
        order(now=NOON + timedelta(seconds=2, microseconds=1))


def test_it_refuses_orders_before_there_is_any_price() -> None:
    with pytest.raises(StalePrice):
        order(replace(MARKET, priced_at=None))


def test_it_refuses_an_order_whose_entry_price_is_known_already() -> None:
    late_clock = NOON - timedelta(seconds=1)

    with pytest.raises(StalePrice):
        order(now=late_clock)
    order(now=late_clock + timedelta(microseconds=1))


@given(instants, st.integers(-10, 10))
def test_nobody_trades_on_an_entry_that_is_already_priced(now: datetime, offset: int) -> None:
    priced_at = now.replace(microsecond=0) + timedelta(seconds=offset)

    try:
        terms = order(replace(MARKET, priced_at=priced_at), now=now)
    except StalePrice:
        return
    assert priced_at < terms.entry_at
    assert now - priced_at <= timedelta(seconds=2)


@pytest.mark.parametrize("stake", ["0.99", "1000.01", "0", "-100", "100.001", "1E+6", "100000000000000000.001"])
def test_it_refuses_a_stake_out_of_bounds_or_with_a_fraction_of_a_cent(stake: str) -> None:
    with pytest.raises(StakeOutOfBounds):
        order(stake=stake)


@pytest.mark.parametrize("stake", ["1", "1.00", "1000", "1000.00000"])
def test_the_bounds_of_the_stake_belong_to_it(stake: str) -> None:
    assert order(stake=stake).stake == Decimal(stake)


@pytest.mark.parametrize("seconds", [0, -60, 10, 14, 61, 10**9])
def test_it_refuses_a_duration_that_is_not_offered_or_shorter_than_15_seconds(seconds: int) -> None:
    with pytest.raises(DurationNotOffered):
        order(seconds=seconds)


def test_it_refuses_when_the_payout_rate_is_lower_than_the_trader_asked_for() -> None:
    order(min_payout_rate="0.85")

    with pytest.raises(PriceMoved) as refusal:
        order(min_payout_rate="0.8501")
    assert refusal.value.extra == {"payout_rate": "0.85"}


@given(st.sampled_from(list(Status)), st.integers(-5, 5), st.decimals(-5, 2000, places=4), st.integers(0, 100))
def test_an_order_is_either_taken_as_asked_or_refused_by_name(
    status: Status, age: int, stake: Decimal, seconds: int
) -> None:
    market = replace(MARKET, status=status, priced_at=NOON - timedelta(seconds=age))

    try:
        terms = order(market, stake=str(stake), seconds=seconds)
    except Refusal:
        return
    assert (terms.stake, terms.duration_seconds) == (stake, seconds)
    assert Decimal(1) <= stake <= Decimal(1000)
    assert seconds >= 15
