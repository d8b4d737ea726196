from datetime import datetime

from django.db import transaction

from accounts.domain.approvals.requests import NotPermitted
from accounts.domain.approvals.roles import only_reads
from accounts.domain.approvals.work import TakenMeanwhile
from accounts.models import User, WorkClaim
from accounts.selectors.approvals.work import CLAIM_LASTS


def take_work(*, subject: str, taken_by: int, now: datetime, instead_of: int | None = None) -> None:
    """Tell the others that this member of staff works on it. `instead_of` is the colleague who has it no longer.

    Raises NotPermitted for a person who isn't an active member of staff or only reads, TakenMeanwhile if another
    colleague has it.
    """
    member = User.objects.filter(pk=taken_by, is_active=True, is_staff=True).first()
    if member is None or only_reads(member.get_all_permissions()):
        raise NotPermitted
    with transaction.atomic(durable=True):
        fresh = {"taken_by_id": taken_by, "taken_at": now}
        WorkClaim.objects.get_or_create(subject=subject, defaults=fresh)
        claim = WorkClaim.objects.select_for_update().filter(subject=subject).first()
        if claim and claim.taken_by_id not in (taken_by, instead_of) and claim.taken_at > now - CLAIM_LASTS:
            raise TakenMeanwhile(claim.taken_by.email)
        WorkClaim.objects.update_or_create(subject=subject, defaults=fresh)
