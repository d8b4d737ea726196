from datetime import datetime

from django.db import transaction

from accounts.steps.expire_overdue import expire_overdue


def expire_requests(*, now: datetime) -> int:
    """End the requests whose time has run out; returns how many. Deciding on one is refused already before this."""
    with transaction.atomic(durable=True):
        return expire_overdue(now)
