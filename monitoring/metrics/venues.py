"""Gauges of the venues, by the last report of a live feed; none without one."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import Metric

from monitoring.metrics.families import Family
from trading.selectors.venues import venue_report

LIVE = Family("venue_live", "Whether the venue is heard", "venue")
SILENT = Family("venue_silent_seconds", "Since its last tick", "venue")
CLOCK_SKEW = Family("venue_clock_skew_seconds", "Its clock behind ours", "venue")
CONNECTIONS = Family("venue_connections", "Made since the feed began", "venue")


def read_venues(now: datetime) -> Iterator[Metric]:
    report = venue_report()
    venues = report.venues if report else ()
    yield LIVE.of(((venue["venue"],), venue["state"] == "live") for venue in venues)
    yield CONNECTIONS.of(((venue["venue"],), venue["connections"]) for venue in venues)
    yield CLOCK_SKEW.of(
        ((venue["venue"],), float(venue["clock_skew_seconds"]))
        for venue in venues
        if venue["clock_skew_seconds"] is not None
    )
    yield SILENT.of(
        ((venue["venue"],), (now - datetime.fromisoformat(venue["heard_at"])).total_seconds())
        for venue in venues
        if venue["heard_at"] is not None
    )
