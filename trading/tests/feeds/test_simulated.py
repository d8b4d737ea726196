import itertools
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.prices import Source, Tick
from trading.feeds.dice import Dice
from trading.feeds.market import SPAN_STEPS, STEPS_PER_SECOND, InventedMarket
from trading.feeds.simulated import VENUES, SimulatedFeed
from trading.feeds.source import FeedInstrument
from trading.tests.feeds.instruments import BTC, ETH, NOON, XRP, ScriptedFeed, after, index_series

HOUR = 3600


def feed(*instruments: FeedInstrument, seed: str = "a seed") -> SimulatedFeed:
    return SimulatedFeed(instruments or [BTC, ETH, XRP], seed=seed)


def ticks(source: SimulatedFeed, first: int, last: int) -> list[tuple[str, Tick]]:
    """All ticks from one second after noon to another, drained each second."""
    return [item for second in range(first, last + 1) for item in source.drain(after(second))]


@pytest.fixture(scope="module")
def hour() -> list[tuple[str, Tick]]:
    return ticks(feed(BTC, XRP), 0, HOUR)


@pytest.fixture(scope="module")
def index(hour: list[tuple[str, Tick]]) -> dict[str, list[Decimal | None]]:
    """The index of each second of the hour."""
    return {item.symbol: index_series(ScriptedFeed(hour), item, range(HOUR)) for item in (BTC, XRP)}


def test_it_says_what_it_is_and_prices_every_instrument_it_is_given() -> None:
    source = feed(BTC, XRP)

    assert source.source is Source.SIMULATED
    assert source.instruments == {"BTC-USDT", "XRP-USDT"}
    assert source.venues_min(3) == 3
    assert {symbol for symbol, _ in source.drain(NOON)} == {"BTC-USDT", "XRP-USDT"}


def test_the_same_seed_makes_the_same_ticks() -> None:
    assert ticks(feed(), 0, 20) == ticks(feed(), 0, 20)


def test_another_seed_makes_another_market() -> None:
    assert index_series(feed(seed="one"), BTC, range(5)) != index_series(feed(seed="two"), BTC, range(5))


def test_a_feed_that_starts_later_makes_the_same_ticks_from_there_on() -> None:
    late = feed()
    late.drain(after(20))

    assert ticks(late, 21, 30) == [item for item in ticks(feed(), 0, 30) if item[1].received_at > after(20)]


def test_it_hands_out_each_tick_once_in_order_and_none_too_early() -> None:
    source = feed()
    source.drain(NOON)

    for second in range(1, 30):
        received = [tick.received_at for _, tick in source.drain(after(second))]
        assert received == sorted(received)
        assert all(after(second - 1) < at <= after(second) for at in received)


def test_drained_often_or_seldom_it_is_the_same() -> None:
    often, seldom = feed(), feed()
    often.drain(NOON)
    seldom.drain(NOON)

    assert [item for n in range(1, 31) for item in often.drain(after(n / 10))] == seldom.drain(after(3))


def test_a_process_that_slept_for_a_day_gets_no_more_than_the_last_seconds() -> None:
    source = feed(BTC)
    source.drain(NOON)

    caught_up = source.drain(NOON + timedelta(days=1))
    assert 0 < len(caught_up) < 100
    assert source.drain(NOON + timedelta(days=1)) == []


def test_quotes_are_whole_pips_with_a_spread() -> None:
    pips = {item.symbol: item.pip for item in (BTC, ETH, XRP)}

    for symbol, tick in ticks(feed(), 0, 20):
        assert 0 < tick.bid < tick.ask
        assert tick.bid % pips[symbol] == tick.ask % pips[symbol] == 0


@pytest.mark.long
def test_ticks_come_late_by_a_latency_of_their_own(hour: list[tuple[str, Tick]]) -> None:
    latencies = [tick.received_at - tick.venue_at for _, tick in hour if tick.venue_at]

    assert len(latencies) == len(hour)
    assert timedelta(milliseconds=5) <= min(latencies) < timedelta(milliseconds=10)
    assert timedelta(milliseconds=195) < max(latencies) <= timedelta(milliseconds=200)


def test_each_venue_falls_silent_for_seconds_at_times(hour: list[tuple[str, Tick]]) -> None:
    for venue in VENUES:
        received = [t.received_at for symbol, t in hour if (symbol, t.venue) == (BTC.symbol, venue)]
        silences = [later - earlier for earlier, later in itertools.pairwise(received)]
        long = [silence for silence in silences if silence > timedelta(seconds=4)]
        assert 1 <= len(long) <= 20
        assert max(long) < timedelta(seconds=15)


@pytest.mark.parametrize("item", [BTC, XRP], ids=["BTC", "XRP"])
def test_the_index_is_there_almost_always_and_moves_by_pips(
    index: dict[str, list[Decimal | None]], item: FeedInstrument
) -> None:
    series = index[item.symbol]

    assert sum(price is None for price in series) < HOUR / 100
    moves = [b - a for a, b in zip(series, series[15:], strict=False) if a is not None and b is not None]
    assert moves.count(Decimal(0)) < len(moves) * 0.06
    assert sum(abs(move) >= 3 * item.pip for move in moves) > len(moves) * 0.75
    assert 0.3 < sum(move > 0 for move in moves) / len(moves) < 0.7


def test_a_venue_that_is_percents_off_hardly_moves_the_index(
    hour: list[tuple[str, Tick]], index: dict[str, list[Decimal | None]]
) -> None:
    mids = {venue: [t.mid for symbol, t in hour if (symbol, t.venue) == (BTC.symbol, venue)] for venue in VENUES}
    leaps = sum(abs(b / a - 1) > Decimal("0.009") for m in mids.values() for a, b in itertools.pairwise(m))
    series = [price for price in index[BTC.symbol] if price is not None]

    assert leaps >= 2  # there and back
    assert all(abs(b / a - 1) < Decimal("0.004") for a, b in itertools.pairwise(series))


def test_the_invented_market_returns_to_its_start_price_and_never_strays_far() -> None:
    market = InventedMarket(Dice("a seed"), "BTC-USDT", 0.01)
    news = 0.008  # four deviations of the largest possible jump

    for span in (100, 101, 102):
        assert abs(market.price(span * SPAN_STEPS) / market.start - 1) < news
        steps = range(span * SPAN_STEPS, (span + 1) * SPAN_STEPS, SPAN_STEPS // 256)
        assert all(0.7 < market.price(step) / market.start < 1.4 for step in steps)


@given(st.integers(0, 10**10))
def test_the_invented_market_never_leaps_without_news(step: int) -> None:
    market = InventedMarket(Dice("a seed"), "BTC-USDT", 0.01)

    assert abs(market.price(step + 1) / market.price(step) - 1) < 0.01


def test_an_invented_second_moves_about_as_much_as_a_real_one() -> None:
    market = InventedMarket(Dice("a seed"), "BTC-USDT", 0.01)
    prices = [market.price(n * STEPS_PER_SECOND) for n in range(7 * 10**9, 7 * 10**9 + 1000)]

    returns = [b / a - 1 for a, b in itertools.pairwise(prices)]
    deviation = (sum(r * r for r in returns) / len(returns)) ** 0.5
    assert 0.00008 < deviation < 0.00015


def test_dice_are_uniform_and_never_zero_or_one() -> None:
    throws = [Dice("a seed").chance("throw", n) for n in range(10_000)]

    assert 0 < min(throws) < 0.001
    assert 0.999 < max(throws) < 1
    assert all(900 < count < 1100 for count in Counter(int(10 * t) for t in throws).values())
