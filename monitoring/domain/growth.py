"""Projects the disk that the database will take at the present rate."""

from dataclasses import dataclass

DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Footprint:
    """Rows and bytes of the tables that grow. `…_a_day` are those of the last 24 hours."""

    trades: int
    trades_a_day: int
    trade_bytes: int
    """Of trades, their close orders and their transfers, with indexes."""

    price_bytes: int
    prices: int
    """All that were ever recorded, those of pruned months too."""

    prices_a_day: int
    bytes: int
    """Of the whole database."""

    @property
    def bytes_a_trade(self) -> float | None:
        """None before the first trade."""
        return self.trade_bytes / self.trades if self.trades else None

    @property
    def bytes_a_price(self) -> float | None:
        """A lower bound where months were pruned. None before the first price."""
        return self.price_bytes / self.prices if self.prices else None

    @property
    def bytes_a_day(self) -> float:
        """The growth by trades and prices together, at the rate of the last 24 hours."""
        trades = self.trades_a_day * (self.bytes_a_trade or 0)
        return trades + self.prices_a_day * (self.bytes_a_price or 0)

    def after(self, days: int) -> float:
        """The bytes of the database after so many days at this rate, if nothing is pruned."""
        return self.bytes + days * self.bytes_a_day
