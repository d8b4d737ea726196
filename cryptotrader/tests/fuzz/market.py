"""Several venues' ticks in any weather. The seed decides them, so that a failing program can run again."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from cryptotrader.tests.fuzz.steps import Weather
from trading.domain.prices import Tick

CENT = Decimal("0.01")


@dataclass
class Venues:
    """Each venue's last tick, and the market's price."""

    count: int
    price: Decimal = Decimal("60000.00")
    newest: dict[str, Tick] = field(default_factory=dict)

    def move(self, at: datetime, weather: Weather, chance: random.Random) -> tuple[Tick, ...]:
        """Returns the ticks that are known at this second."""
        if weather is not Weather.STILL:
            self.price += chance.choice([-250, -3, -1, 0, 1, 3, 250]) * CENT
        for number in range(self.count):
            tick = self._tick(f"venue{number}", at, weather, chance)
            if tick is not None:
                self.newest[tick.venue] = tick
        ticks = list(self.newest.values())
        chance.shuffle(ticks)
        return tuple(ticks)

    def _tick(self, venue: str, at: datetime, weather: Weather, chance: random.Random) -> Tick | None:
        bid = self.price + (0 if weather is Weather.STILL else chance.randrange(-2, 3) * CENT)
        spread, received_at = CENT * 2, at - timedelta(microseconds=chance.randrange(0, 900_000))
        if weather is Weather.SPIKY and chance.random() < 0.2:
            bid *= chance.choice([Decimal("0.95"), Decimal("1.004"), Decimal("1.0008"), Decimal(2)])
            spread = chance.choice([CENT, -CENT, CENT * 1000])
        if weather is Weather.PATCHY:
            if chance.random() < 0.5:
                return None
            received_at += timedelta(seconds=chance.choice([-3, -1, 0, 1]))
        return Tick(venue, bid, bid + spread, None, received_at)
