from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.feeds.live.backoff import Backoff
from trading.feeds.live.watchdog import Silent, Watchdog
from trading.tests.feeds.instruments import NOON, after

THREE = timedelta(seconds=3)


def watchdog(*markets: str, at: datetime = NOON) -> Watchdog:
    return Watchdog(at, THREE, markets)


def test_a_venue_may_be_silent_up_to_its_limit() -> None:
    dog = watchdog("BTC/USDT", "ETH/USDT")
    dog.heard("BTC/USDT", after(1))
    dog.heard("ETH/USDT", after(2))
    dog.check(after(5))
    with pytest.raises(Silent, match=r"silent for 3\.1 s"):
        dog.check(after(5.1))


def test_a_new_connection_has_longer_for_its_first_word() -> None:
    dog = watchdog("BTC/USDT")
    dog.check(after(15))
    with pytest.raises(Silent, match="within 15 s"):
        dog.check(after(15.1))


def test_a_market_that_is_silent_among_others_that_are_not_is_thought_lost_after_a_minute() -> None:
    dog = watchdog("BTC/USDT", "ETH/USDT")
    dog.heard("ETH/USDT", after(0))
    dog.watch("XRP/USDT", after(30))
    for second in range(1, 62):
        dog.heard("BTC/USDT", after(second))
        dog.check(after(second))
        lost = dog.lost(after(second))
        assert list(lost) == (["ETH/USDT"] if second == 61 else [])
    assert str(lost["ETH/USDT"]) == "ETH/USDT silent for 61 s"
    assert dog.lost(after(62)) == {}
    assert dog.spoken == {"BTC/USDT", "ETH/USDT"}


def test_while_no_market_has_spoken_the_venue_is_silent_and_no_market_lost() -> None:
    dog = watchdog("BTC/USDT", "ETH/USDT")
    assert dog.lost(after(1000)) == {}


def test_the_waits_double_up_to_a_minute() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.after_failure(0) for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_half_a_minute_of_health_is_forgiveness() -> None:
    backoff = Backoff(lambda: 1.0)
    waits = [backoff.after_failure(lasted) for lasted in (0, 29, 29, 30, 0)]
    assert waits == [0.5, 1, 2, 0.5, 1]


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=20))
def test_chance_takes_away_half_of_a_wait_at_most(chances: list[float]) -> None:
    drawn, fullest = iter(chances), Backoff(lambda: 1.0)
    backoff = Backoff(lambda: next(drawn))
    for _ in chances:
        full = fullest.after_failure(0)
        assert full / 2 <= backoff.after_failure(0) <= full
