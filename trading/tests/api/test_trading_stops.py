"""Too few venues: no price and no orders, with the reason; with the venues, orders come back. All without a person."""

from datetime import datetime, timedelta
from decimal import Decimal

import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer, Api
from trading.domain.prices import Source, Tick
from trading.domain.reading import Reading
from trading.models import FlashTrade
from trading.services.prices.record_index_prices import record_index_prices
from trading.tests.cast import SYMBOL

SECOND = timedelta(seconds=1)
ORDER = {"amount": 100, "direction": "up", "duration": 60}


def hear(venues: int, at: datetime) -> tuple[str, ...]:
    """A second of the live feed, with fresh ticks of this many of the three venues that are needed."""
    price = Decimal(60000)
    ticks = tuple(Tick(f"venue{n}", price, price, None, at) for n in range(venues))
    return record_index_prices(at=at, readings=[Reading(SYMBOL, Source.LIVE, ticks, 3)], now=at).published


def test_trading_stops_and_goes_on_by_itself(alices: Api, noon: time_machine.Traveller) -> None:
    def order(key: str) -> Answer:
        return alices.post("/api/v1/flash-trades", ORDER, Idempotency_Key=key)

    noon.shift(SECOND)
    assert hear(3, NOON + SECOND)
    assert order("with-three").status == 201

    for second in (2, 3, 4):
        noon.shift(SECOND)
        assert not hear(2, NOON + second * SECOND)
    refused = order("with-two").assert_problem(503, "stale-price")
    body = refused.json()
    assert (body["reason"], body["priced_at"]) == ("no-price", "2026-03-01T12:00:01Z")
    assert body["detail"] == "BTC-USDT has no fresh price: too few venues agree, or the feed is away"
    assert refused.headers["Retry-After"] == "1"
    (listed,) = Api().get("/api/v1/instruments").json()["results"]
    assert (listed["status"], listed["priced_at"]) == ("open", "2026-03-01T12:00:01Z")

    noon.shift(SECOND)
    assert hear(3, NOON + 5 * SECOND)
    assert order("with-two").status == 201
    assert FlashTrade.objects.count() == 2
