from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.domain.access.scopes import AccessEnd, key_mark
from accounts.domain.errors import NotFound
from accounts.models import ApiKey
from accounts.publish import end_message, publish


def revoke_api_key(*, user_id: int, key_id: int, now: datetime) -> None:
    """Revoke a person's key at once and for ever, and close its sockets. Raises NotFound, also for a revoked key."""
    with transaction.atomic(durable=True):
        ended = ApiKey.objects.filter(pk=key_id, user_id=user_id, revoked_at=None).update(revoked_at=now)
        if not ended:
            raise NotFound(str(key_id))
        message = end_message(user_id, reason=AccessEnd.KEY_REVOKED, marks=[key_mark(key_id)])
        transaction.on_commit(partial(publish, [message]))
