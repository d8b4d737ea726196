from datetime import datetime

from django.db import transaction

from accounts.domain.approvals.requests import NotPermitted
from accounts.models import User, WorkClaim


def take_work(*, subject: str, taken_by: int, now: datetime) -> None:
    """Tell the others that this member of staff works on it; who had taken it before has it no longer.

    Raises NotPermitted for a person who isn't an active member of staff.
    """
    if not User.objects.filter(pk=taken_by, is_active=True, is_staff=True).exists():
        raise NotPermitted
    with transaction.atomic(durable=True):
        WorkClaim.objects.update_or_create(subject=subject, defaults={"taken_by_id": taken_by, "taken_at": now})
