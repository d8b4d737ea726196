"""Business figures for Prometheus, read from the database at each scrape: correct with any number of processes."""

from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from monitoring.connection import on_own_connection
from monitoring.selectors.market import index_ages, trades_now
from monitoring.services.check_health import recent_health
from trading.selectors.venues import venue_report, venues_out


class MarketCollector(Collector):
    """Index age, trades under way and overdue trades."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # avoids a query when the collector is registered

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        try:
            ages, counts = on_own_connection(lambda: (index_ages(now), trades_now(now)))
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


class ClockCollector(Collector):
    """The clocks of the processes beside the database's, and the faults that an operator has to mend."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        health = recent_health(clock=timezone.now)
        ahead = GaugeMetricFamily(
            "cryptotrader_clock_ahead_seconds", "Its clock ahead of the database's", labels=["program", "host"]
        )
        for report in health.readings.clocks:
            ahead.add_metric([report.program, report.host], report.ahead.total_seconds())
        yield ahead
        fault = GaugeMetricFamily("cryptotrader_fault", "A fault to mend: see the runbook", labels=["code", "about"])
        for found in health.faults:
            fault.add_metric([found.code, found.about], 1)
        yield fault


class VenueCollector(Collector):
    """The state of the live feed's venues in its last report; nothing without a live feed."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now, report = timezone.now(), venue_report()
        try:
            out = on_own_connection(venues_out) if report else {}
        except DatabaseError:
            return
        live = GaugeMetricFamily("cryptotrader_venue_live", "Whether the venue is heard", labels=["venue"])
        age = GaugeMetricFamily("cryptotrader_venue_silent_seconds", "Since its last tick", labels=["venue"])
        clock_skew = GaugeMetricFamily(
            "cryptotrader_venue_clock_skew_seconds", "Its clock behind ours", labels=["venue"]
        )
        made = GaugeMetricFamily("cryptotrader_venue_connections", "Made since the feed began", labels=["venue"])
        for venue in report.venues if report else ():
            name = [venue["venue"]]
            live.add_metric(name, venue["state"] == "live")
            made.add_metric(name, venue["connections"])
            if venue["clock_skew_seconds"] is not None:
                clock_skew.add_metric(name, float(venue["clock_skew_seconds"]))
            if venue["heard_at"] is not None:
                age.add_metric(name, (now - datetime.fromisoformat(venue["heard_at"])).total_seconds())
        yield from (live, age, clock_skew, made)
        labels = ["venue", "instrument", "reason"]
        uncounted = GaugeMetricFamily("cryptotrader_venue_out", "Heard, but not in the newest price", labels=labels)
        for (instrument, venue_name), reason in out.items():
            uncounted.add_metric([venue_name, instrument, reason], 1)
        yield uncounted
