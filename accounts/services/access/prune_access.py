from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q

from accounts.domain.access.api_keys import SIGNATURE_WINDOW
from accounts.domain.access.attempts import MEMORY_MAX
from accounts.models import AttemptTally, SpentSignature

MARGIN = timedelta(minutes=1)


def prune_access(*, now: datetime) -> dict[str, int]:
    """Delete rows without a further use: spent signatures, old failures, ended sessions."""
    unlocked = Q(locked_until=None) | Q(locked_until__lt=now)
    living = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=now)
    doomed = {
        "signatures": SpentSignature.objects.filter(spent_at__lt=now - 2 * SIGNATURE_WINDOW - MARGIN),
        "tallies": AttemptTally.objects.filter(unlocked, last_at__lt=now - MEMORY_MAX),
        "devices": UserSession.objects.filter(~Exists(living), last_seen_at__lt=now - MARGIN),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    return {name: rows.delete()[0] for name, rows in doomed.items()}
