"""Reads the announcements that everybody sees at a moment."""

from datetime import datetime

from accounts.models import Announcement


def announcements_at(now: datetime) -> list[Announcement]:
    """Returns the announcements that are shown now, the one that began last first."""
    shown = Announcement.objects.filter(starts_at__lte=now, ends_at__gt=now, withdrawn_at=None)
    return list(shown.order_by("-starts_at", "-id"))
