from datetime import datetime, timedelta

from accounts.publish import publish_announcements
from accounts.selectors.people.announcements import announcements_begun

WITHIN = timedelta(seconds=30)
"""Several times the time between two calls: a page may hear of an announcement twice, and shows it once."""


def tell_announcements(*, now: datetime) -> int:
    """Tell open pages of the announcements that have just begun, and return their number.

    Nobody writes anything when a planned announcement begins, so the beat looks.
    """
    begun = announcements_begun(now, within=WITHIN)
    publish_announcements(begun)
    return len(begun)
