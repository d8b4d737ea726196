"""Gauges of money: the house's revenue, and the proof of the ledger."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import Metric

from accounts.selectors.ledger.house import house_balances
from monitoring.domain.figures import DISCREPANCIES
from monitoring.metrics.families import Family
from monitoring.selectors.figures import figures
from trading.metrics import book_of

REVENUE = Family("house_revenue", "Balance of the house: earned less lost", "currency", "book")
FOUND = Family("ledger_discrepancies", "Found when the ledger was last reconciled")
AGE = Family("ledger_reconciled_age_seconds", "Since the ledger was last reconciled")


def read_house(now: datetime) -> Iterator[Metric]:
    yield REVENUE.of(((currency, book_of(demo)), balance) for (currency, demo), balance in house_balances().items())


def read_ledger(now: datetime) -> Iterator[Metric]:
    """Nothing before the first time: a ledger that nobody has checked isn't one without discrepancies."""
    for figure in figures([DISCREPANCIES]).values():
        yield FOUND.single(figure.value)
        yield AGE.single((now - figure.found_at).total_seconds())
