from datetime import datetime

from django.db import transaction

from accounts.domain.approvals.requests import NotPermitted
from accounts.domain.approvals.work import TakenMeanwhile
from accounts.models import User, WorkClaim
from accounts.selectors.approvals.work import CLAIM_LASTS


def take_work(*, subject: str, taken_by: int, now: datetime, instead_of: int | None = None) -> None:
    """Tell the others that this member of staff works on it. `instead_of` is the colleague who has it no longer.

    Raises NotPermitted for a person who isn't an active member of staff, TakenMeanwhile if another colleague has it.
    """
    if not User.objects.filter(pk=taken_by, is_active=True, is_staff=True).exists():
        raise NotPermitted
    with transaction.atomic(durable=True):
        fresh = {"taken_by_id": taken_by, "taken_at": now}
        WorkClaim.objects.get_or_create(subject=subject, defaults=fresh)
        claim = WorkClaim.objects.select_for_update().filter(subject=subject).first()
        if claim and claim.taken_by_id not in (taken_by, instead_of) and claim.taken_at > now - CLAIM_LASTS:
            raise TakenMeanwhile(claim.taken_by.email)
        WorkClaim.objects.update_or_create(subject=subject, defaults=fresh)
