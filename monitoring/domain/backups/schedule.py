"""When a backup is due: once after each time of day, and again some time after one that failed.

The beat asks every minute, and the answer follows from the backups that there are. So a message that is lost, comes
twice or late changes nothing, and a machine that slept at that time catches up.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo

RETRY_AFTER = timedelta(minutes=30)
"""The time from one attempt to the next one after it failed."""

GRACE = timedelta(hours=2)
"""A backup that is this much later than due is old: there is an alert."""


def last_due(now: datetime, at: time, zone: tzinfo) -> datetime:
    """Returns the last instant until now at which the clocks of the zone showed this time of day.

    If the clocks skip that time (summer time), it is the instant at which they would have shown it.
    """
    today = now.astimezone(zone).date()
    instants = [
        datetime.combine(day, at, zone).astimezone(UTC)
        for day in (today + timedelta(days=1), today, today - timedelta(days=1), today - timedelta(days=2))
    ]
    return next(instant for instant in instants if instant <= now)


def is_due(now: datetime, at: time, zone: tzinfo, *, last_good: datetime | None, last_attempt: datetime | None) -> bool:
    """Whether to begin a backup now. Both instants are beginnings of backups until now."""
    if last_good is not None and last_good >= last_due(now, at, zone):
        return False
    return last_attempt is None or now - last_attempt >= RETRY_AFTER


def is_old(now: datetime, at: time, zone: tzinfo, *, last_good: datetime) -> bool:
    """Whether the last good backup is from before the time that was due GRACE ago.

    A new installation has none: pass its beginning.
    """
    return last_good < last_due(now - GRACE, at, zone)
