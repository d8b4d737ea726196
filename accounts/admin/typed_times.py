"""Times that staff type: in the zone in which the back office shows theirs, which the form names."""

from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext


def _like(before: str = "") -> str:
    zone = timezone.localtime().tzname()
    return " ".join(
        filter(None, (before and gettext(before), gettext("Like 2026-03-01 12:00, in {zone}").format(zone=zone)))
    )


time_like = lazy(_like, str)
"""The help of a field for a time. `before` is a text that is marked for translation."""
