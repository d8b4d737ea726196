from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from accounts.domain.access.scopes import AccessEnd, key_mark
from accounts.models import ApiKey
from accounts.publish import end_message, publish


def end_keys(*, user_id: int, keys: QuerySet[ApiKey], now: datetime) -> list[str]:
    """Revoke those of a person's keys at once and for ever, and close their sockets after the commit; return names."""
    ending = keys.filter(user_id=user_id, revoked_at=None).order_by("pk").select_for_update(no_key=True)
    names = dict(ending.values_list("pk", "name"))
    ApiKey.objects.filter(pk__in=names).update(revoked_at=now)
    message = end_message(user_id, reason=AccessEnd.KEY_REVOKED, marks=[key_mark(key_id) for key_id in names])
    transaction.on_commit(partial(publish, [message]))
    return list(names.values())
