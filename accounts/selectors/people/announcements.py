"""Reads the announcements that everybody sees at a moment."""

from datetime import datetime, timedelta

from accounts.models import Announcement


def announcements_at(now: datetime) -> list[Announcement]:
    """Returns the announcements that are shown now, the one that began last first."""
    shown = Announcement.objects.filter(starts_at__lte=now, ends_at__gt=now, withdrawn_at=None)
    return list(shown.order_by("-starts_at", "-id"))


def announcements_until(now: datetime, *, limit: int) -> list[Announcement]:
    """Returns the last announcements that have begun, the one that began last first; none that was withdrawn."""
    begun = Announcement.objects.filter(starts_at__lte=now, withdrawn_at=None)
    return list(begun.order_by("-starts_at", "-id")[:limit])


def announcements_begun(now: datetime, *, within: timedelta) -> list[Announcement]:
    """Returns the announcements that have begun within this time, and are shown now."""
    return [each for each in announcements_at(now) if each.starts_at > now - within]
