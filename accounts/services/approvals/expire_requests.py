from datetime import datetime

from django.db import transaction

from accounts.steps.expire_overdue import expire_overdue


def expire_requests(*, now: datetime) -> int:
    """End the overdue requests and return their number. Even before that, nobody can decide on them."""
    with transaction.atomic(durable=True):
        return expire_overdue(now)
