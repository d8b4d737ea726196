"""The names of kept figures."""

from collections.abc import Mapping
from datetime import timedelta

DISCREPANCIES = "ledger-discrepancies"

ACTIVE_WINDOWS: Mapping[str, timedelta] = {
    "15m": timedelta(minutes=15),
    "1d": timedelta(days=1),
    "30d": timedelta(days=30),
}
"""The windows in which a person counts as active, by the value of the label."""


def active_people(window: str) -> str:
    """The name of the number of people who were active within a window."""
    return f"people-active-{window}"
