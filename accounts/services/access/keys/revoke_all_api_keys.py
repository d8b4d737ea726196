from datetime import datetime

from django.db import transaction

from accounts.models import ApiKey
from accounts.steps.end_other_access import end_keys


def revoke_all_api_keys(*, user_id: int, now: datetime) -> int:
    """Revoke all keys of a person at once and for ever, and close their sockets. Returns their number."""
    with transaction.atomic(durable=True):
        return len(end_keys(user_id=user_id, keys=ApiKey.objects.all(), now=now))
