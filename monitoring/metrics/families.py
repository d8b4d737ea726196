"""Gauges that are read at a scrape: each is declared once, with its labels."""

from collections.abc import Iterable
from decimal import Decimal

from prometheus_client.core import GaugeMetricFamily

Number = float | Decimal
DECLARED: dict[str, "Family"] = {}
"""All of them, by name: the documentation must list them."""


class Family:
    def __init__(self, name: str, help: str, *labels: str) -> None:
        self.name, self.help, self.labels = f"cryptotrader_{name}", help, labels
        DECLARED[self.name] = self

    def of(self, values: Iterable[tuple[tuple[str, ...], Number]]) -> GaugeMetricFamily:
        """The gauge with these values, by their labels."""
        family = GaugeMetricFamily(self.name, self.help, labels=self.labels)
        for labels, value in values:
            family.add_metric(labels, float(value))
        return family

    def single(self, value: Number) -> GaugeMetricFamily:
        """The gauge with its one value; it has no labels."""
        return self.of([((), value)])
