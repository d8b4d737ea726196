from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.domain.access.api_keys import SIGNATURE_WINDOW
from accounts.domain.access.attempts import MEMORY_MAX
from accounts.models import AttemptTally, SpentSignature

MARGIN = timedelta(minutes=1)
BATCH = 5_000
SECONDS_MAX = 30.0
"""The next run, ten minutes later, goes on."""


def prune_access(*, now: datetime, elapsed: Callable[[], float] = monotonic) -> dict[str, int]:
    """Delete rows without a further use: spent signatures, old failures, ended sessions; in batches."""
    unlocked = Q(locked_until=None) | Q(locked_until__lt=now)
    living = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=now)
    doomed: dict[str, models.QuerySet[models.Model]] = {
        "signatures": SpentSignature.objects.filter(spent_at__lt=now - 2 * SIGNATURE_WINDOW - MARGIN),
        "tallies": AttemptTally.objects.filter(unlocked, last_at__lt=now - MEMORY_MAX),
        "devices": UserSession.objects.filter(~Exists(living), last_seen_at__lt=now - MARGIN),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    end = elapsed() + SECONDS_MAX
    return {name: _delete(rows, lambda: elapsed() < end) for name, rows in doomed.items()}


def _delete(rows: models.QuerySet[models.Model], in_time: Callable[[], bool]) -> int:
    deleted = 0
    while in_time():
        batch = rows.model._default_manager.filter(pk__in=rows.order_by("pk").values("pk")[:BATCH])
        found = batch.delete()[0]
        deleted += found
        if found < BATCH:
            break
    return deleted
