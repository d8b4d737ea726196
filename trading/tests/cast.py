"""The cast and the stage of the tests: traders, and a market whose clock stands where the test puts it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.tests.cast import NOON, Person, standing, user_named
from trading.domain.index import venue_inputs
from trading.domain.orders import Order
from trading.domain.prices import Source, Tick
from trading.domain.reading import Reading, Recorded
from trading.domain.terms import Direction
from trading.models import FlashTrade, IndexPrice, Instrument, PriceHead
from trading.services.orders.open_trades import open_trade
from trading.services.prices.record_index_prices import record_index_prices
from trading.steps.next_price import next_price

SYMBOL = "BTC-USDT"


@dataclass
class Trader(Person):
    """A person who trades on the demo wallet, unless said."""

    orders: int = 0

    def place(
        self,
        *,
        at: datetime = NOON,
        stake: str = "100",
        direction: Direction = Direction.UP,
        seconds: int = 60,
        key: str | None = None,
        symbol: str = SYMBOL,
        demo: bool = True,
    ) -> FlashTrade:
        self.orders += 1
        key = key or f"order-{self.orders}"
        order = Order(self.user.pk, key, symbol, direction, Decimal(stake), seconds, demo=demo)
        return open_trade(order, clock=standing(at)).trade


@dataclass
class Stage:
    """One instrument, with prices recorded through the real service."""

    instrument: Instrument

    def price(self, at: datetime, price: str, *, venues: int = 1, source: Source = Source.SIMULATED) -> Recorded:
        """Records one second's price: `venues` venues all quote it."""
        return record_index_prices(at=at, readings=[self._reading(at, price, venues, source)], now=at)

    def past(self, prices: Iterable[tuple[datetime, str]], *, source: Source = Source.SIMULATED) -> None:
        """Stores the prices that `price` would record, in one statement; nothing is published, no due trade is told."""
        last: PriceHead | IndexPrice | None = PriceHead.objects.filter(instrument=self.instrument).first()
        chain = []
        for at, price in prices:
            reading = self._reading(at, price, 1, source)
            last = next_price(self.instrument, last, reading, venue_inputs(reading.ticks, at=at), at, at)
            assert last is not None
            chain.append(last)
        IndexPrice.objects.bulk_create(chain)

    def prices(self, start: datetime, prices: Iterable[str]) -> None:
        """Stores a price for each second from `start` on."""
        self.past((start + timedelta(seconds=offset), price) for offset, price in enumerate(prices))

    def _reading(self, at: datetime, price: str, venues: int, source: Source) -> Reading:
        quote = Decimal(price)
        ticks = tuple(Tick(f"venue{n}", quote, quote, None, at) for n in range(venues))
        return Reading(self.instrument.symbol, source, ticks, 1)


def trader(name: str) -> Trader:
    """A new trader with this name."""
    return Trader(user_named(name))


def open_stage(symbol: str = SYMBOL) -> Stage:
    """Opens BTC-USDT by default, with a price at noon."""
    instrument = Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[15, 30, 60, 300, 3600])
    stage = Stage(instrument)
    stage.past([(NOON, "60000.00")])
    return stage
