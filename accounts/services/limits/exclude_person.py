from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.domain.limits.exclusions import SAME_WISH, ExclusionKind
from accounts.models import Exclusion
from accounts.steps.lock_person import lock_person


@dataclass(frozen=True, slots=True)
class TakenExclusion:
    """An exclusion under way; `replayed` when it was before."""

    exclusion: Exclusion
    replayed: bool


def exclude_person(*, user_id: int, kind: ExclusionKind, now: datetime, ends_at: datetime) -> TakenExclusion:
    """Keep somebody from trading until then, in a transaction of its own.

    One of the same kind that ends as late, give or take a minute, stays the only one: the same wish sent twice, or by
    many at once, is one exclusion.
    """
    with transaction.atomic(durable=True):
        lock_person(user_id)
        running = Exclusion.objects.filter(user_id=user_id, kind=kind, ends_at__gt=now).order_by("-ends_at").first()
        if running is not None and running.ends_at >= ends_at - SAME_WISH:
            return TakenExclusion(running, replayed=True)
        taken = Exclusion.objects.create(user_id=user_id, kind=kind, starts_at=now, ends_at=ends_at)
    return TakenExclusion(taken, replayed=False)
