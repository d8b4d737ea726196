"""The metrics of the platform: what the database, the cache and the queue say at a scrape. Every server says the same.

What a process counts itself is elsewhere: in `accounts.metrics`, `trading.metrics` and `monitoring.host`.
"""

from monitoring.metrics.platform import PLATFORM

__all__ = ["PLATFORM"]
