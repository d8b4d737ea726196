from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.domain.limits.exclusions import SAME_WISH, ExclusionKind
from accounts.domain.moments import Clock
from accounts.models import Exclusion
from accounts.steps.lock_person import lock_person
from accounts.steps.log_on_commit import log_on_commit


@dataclass(frozen=True, slots=True)
class TakenExclusion:
    """An exclusion in force; `replayed` if it was in force before the request."""

    exclusion: Exclusion
    replayed: bool


def exclude_person(
    *, user_id: int, kind: ExclusionKind, clock: Clock, end_of: Callable[[datetime], datetime]
) -> TakenExclusion:
    """Stop a person from trading until the end of an exclusion that begins now, in a transaction of its own.

    The clock is read under the lock: no order seems accepted after the exclusion has begun.

    If one of the same kind ends as late, within a minute, no new one is made: the same request, sent twice or by many
    clients at once, is one exclusion.
    """
    with transaction.atomic(durable=True):
        lock_person(user_id)
        now = clock()
        ends_at = end_of(now)
        running = Exclusion.objects.filter(user_id=user_id, kind=kind, ends_at__gt=now).order_by("-ends_at").first()
        if running is not None and running.ends_at >= ends_at - SAME_WISH:
            return TakenExclusion(running, replayed=True)
        taken = Exclusion.objects.create(user_id=user_id, kind=kind, starts_at=now, ends_at=ends_at)
        log_on_commit("person excluded", user_id=user_id, action=kind)
    return TakenExclusion(taken, replayed=False)
