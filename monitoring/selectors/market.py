"""Reads the market for health and metrics: the age of its prices, and the trades under way."""

from datetime import datetime, timedelta

from monitoring.domain.health import IndexAge
from trading.domain.terms import Status
from trading.selectors.listings import listings
from trading.selectors.trades import TradeCounts, trade_counts

OVERDUE_AFTER = timedelta(seconds=10)


def index_ages(now: datetime) -> list[IndexAge]:
    """Returns the age of each instrument's index."""
    return [
        IndexAge(
            item.instrument.symbol,
            item.newest.source if item.newest else None,
            round((now - item.newest.priced_at).total_seconds(), 3) if item.newest else None,
            item.instrument.status in (Status.OPEN, Status.CLOSE_ONLY),
        )
        for item in listings(now)
    ]


def trades_now(now: datetime) -> TradeCounts:
    """Returns the numbers of unsettled trades and of overdue ones."""
    return trade_counts(overdue_before=now - OVERDUE_AFTER)
