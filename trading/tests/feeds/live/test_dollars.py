"""Venues that quote in dollars, in an index in USDT: an index from the same venues converts them."""

from decimal import Decimal

import pytest

from trading.models import IndexPrice, Instrument
from trading.tests.feeds.venues.scene import RATE, SYMBOL, heard, prices, scene

pytestmark = pytest.mark.django_db(transaction=True)

TETHERS, DOLLARS = ("binance", "okx"), ("coinbase", "kraken", "bitstamp")


@pytest.fixture(autouse=True)
def instrument(transactional_db: None) -> Instrument:
    return Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15, 60], venues_min=2)


def open_rate(venues_min: int) -> None:
    Instrument.objects.create(
        symbol=RATE, pip=Decimal("0.0001"), durations=[], tradable=False, status="retired", venues_min=venues_min
    )


def conversions(price: IndexPrice) -> dict[str, object]:
    return {entry["venue"]: entry["conversion"] for entry in price.venues if "conversion" in entry}


@pytest.mark.long
def test_a_live_price_is_made_of_tethers_and_of_dollars() -> None:
    open_rate(venues_min=3)
    with scene(*TETHERS, dollars=DOLLARS) as here:
        here.publish(lambda: bool(prices()) and heard(prices()[-1]) == {*TETHERS, *DOLLARS})

    price = prices()[-1]
    assert (price.price, price.source) == (60_000, "live")
    (rate,) = (rate for rate in prices(RATE) if rate.priced_at == price.priced_at)
    told = {"instrument": RATE, "sequence": rate.sequence, "price": "0.5"}
    assert conversions(price) == dict.fromkeys(DOLLARS, told)


@pytest.mark.long
def test_while_nobody_says_what_a_tether_is_worth_dollars_do_not_count() -> None:
    open_rate(venues_min=4)
    with scene(*TETHERS, dollars=DOLLARS) as here:
        here.publish(lambda: bool(prices()) and heard(prices()[-1]) == set(TETHERS))
    assert not any(heard(price) & set(DOLLARS) for price in prices())
    assert prices(RATE) == []
