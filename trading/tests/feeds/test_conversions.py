"""One process publishes a conversion and the indexes that use it: the rate of another could be a second off."""

from datetime import timedelta
from decimal import Decimal

import pytest

from trading.domain.prices import Source, Tick
from trading.domain.reading import Reading
from trading.models import IndexPrice, Instrument
from trading.services.prices.record_index_prices import record_index_prices
from trading.tests.feeds.instruments import ScriptedFeed, after
from trading.tests.feeds.stand import SYMBOL, Stand
from trading.tests.feeds.stranger import stranger

pytestmark = pytest.mark.django_db(transaction=True)

RATE = "USDT-USD"


@pytest.fixture(autouse=True)
def instrument(transactional_db: None) -> Instrument:
    return Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15], venues_min=2)


@pytest.fixture(autouse=True)
def rate(transactional_db: None) -> Instrument:
    return Instrument.objects.create(
        symbol=RATE, pip=Decimal("0.0001"), durations=[], tradable=False, status="retired", venues_min=1
    )


def tether(second: float) -> Tick:
    return Tick("a", Decimal(100), Decimal(100), None, after(second))


def dollar(second: float) -> Tick:
    return Tick("b", Decimal(50), Decimal(50), None, after(second), conversion=RATE)


def worth(second: float) -> Tick:
    return Tick("c", Decimal("0.5"), Decimal("0.5"), None, after(second))


def quotes(last: int) -> list[tuple[str, Tick]]:
    moments = [n + 0.5 for n in range(last)]
    return [item for s in moments for item in ((SYMBOL, tether(s)), (SYMBOL, dollar(s)), (RATE, worth(s)))]


def seconds(symbol: str) -> list[int]:
    prices = IndexPrice.objects.filter(instrument__symbol=symbol).order_by("sequence")
    return [(price.priced_at - after(0)) // timedelta(seconds=1) for price in prices]


def test_who_does_not_have_the_rate_leaves_alone_what_it_converts(instrument: Instrument, rate: Instrument) -> None:
    stand = Stand()
    with stranger() as other:
        other.takes(rate.pk)
        stand.meanwhile[3] = other.gives_up
        stand.run(ScriptedFeed(quotes(5)), until=5)
    assert seconds(SYMBOL) == seconds(RATE) == [4, 5]


def test_who_waits_for_the_rate_keeps_nobody_from_the_rest(instrument: Instrument, rate: Instrument) -> None:
    stand, took = Stand(), []
    with stranger() as other:
        other.takes(rate.pk)
        stand.meanwhile[2] = lambda: took.append(other.takes(instrument.pk))
        stand.run(ScriptedFeed(quotes(3)), until=3)
    assert took == [True]


def test_without_others_it_has_both(instrument: Instrument) -> None:
    Stand().run(ScriptedFeed(quotes(3)), until=3)
    assert seconds(SYMBOL) == seconds(RATE) == [1, 2, 3]
    assert {len(price.venues) for price in IndexPrice.objects.filter(instrument=instrument)} == {2}


@pytest.mark.parametrize("ahead", [0, 1])
def test_a_rate_of_another_recording_converts_nothing(instrument: Instrument, ahead: int) -> None:
    own = Reading(SYMBOL, Source.REPLAY, (tether(1), dollar(1)), 1)
    record_index_prices(at=after(1 + ahead), readings=[Reading(RATE, Source.REPLAY, (worth(1),), 1)], now=after(2))
    record_index_prices(at=after(1), readings=[own], now=after(2))
    (price,) = IndexPrice.objects.filter(instrument=instrument)
    assert [venue["venue"] for venue in price.venues] == ["a"]


def test_a_rate_of_the_future_converts_nothing(instrument: Instrument) -> None:
    """As after a clock was set back: the rate's own chain waits, and so do the indexes that use it."""
    record_index_prices(at=after(2), readings=[Reading(RATE, Source.REPLAY, (worth(2),), 1)], now=after(2))
    readings = [Reading(SYMBOL, Source.REPLAY, (tether(1), dollar(1)), 1), Reading(RATE, Source.REPLAY, (), 1)]
    record_index_prices(at=after(1), readings=readings, now=after(1))
    (price,) = IndexPrice.objects.filter(instrument=instrument)
    assert [venue["venue"] for venue in price.venues] == ["a"]
