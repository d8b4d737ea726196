"""The trade of the settlement tests: it enters at noon."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from trading.domain.prices import PricePoint
from trading.domain.settlement import Window
from trading.domain.terms import Direction

ENTRY = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
PIP = Decimal("0.01")


def second(offset: int) -> datetime:
    """The time this many seconds after the entry."""
    return ENTRY + timedelta(seconds=offset)


def point(offset: int, price: str | Decimal) -> PricePoint:
    """A price this many seconds after the entry."""
    return PricePoint(second(offset), Decimal(price))


def window(seconds: int = 60, direction: Direction = Direction.UP) -> Window:
    """A trade of this duration."""
    return Window(direction, ENTRY, second(seconds), PIP)
