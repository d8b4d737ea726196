from datetime import datetime

from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.models import ApiKey
from accounts.steps.end_other_access import end_keys


def revoke_api_key(*, user_id: int, key_id: int, now: datetime) -> None:
    """Revoke a person's key at once and for ever, and close its sockets. Raises NotFound, also for a revoked key."""
    with transaction.atomic(durable=True):
        if not end_keys(user_id=user_id, keys=ApiKey.objects.filter(pk=key_id), now=now):
            raise NotFound(str(key_id))
