"""Business figures for Prometheus, read from the database at each scrape: right however many processes there are."""

from collections.abc import Iterator

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from monitoring.selectors import index_ages, trades_now


class MarketCollector(Collector):
    """Index age, trades under way and trades past their expiry."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # nothing is asked of the database when the collector is registered

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        try:
            ages, counts = index_ages(now), trades_now(now)
        except DatabaseError:
            return
        age = GaugeMetricFamily(
            "cryptotrader_index_age_seconds", "Age of the newest index price", labels=["instrument", "source"]
        )
        for item in ages:
            if item.seconds is not None:
                age.add_metric([item.instrument, item.source or ""], item.seconds)
        yield age
        yield GaugeMetricFamily("cryptotrader_trades_unsettled", "Trades not settled yet", counts.unsettled)
        yield GaugeMetricFamily("cryptotrader_trades_overdue", "Trades 10 s past expiry, unsettled", counts.overdue)
        yield GaugeMetricFamily("cryptotrader_stakes_held", "Stakes held on unsettled trades", float(counts.staked))
