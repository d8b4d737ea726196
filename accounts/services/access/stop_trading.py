from datetime import datetime

from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.domain.moments import Clock
from accounts.models import ApiKey, User
from accounts.steps.lock_person import lock_person
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.tell_by_mail import tell_by_mail


def stop_trading(*, user_id: int, key_id: int | None, clock: Clock) -> datetime:
    """Stop all API keys of a person from trading, or one, until the person allows it again; return since when.

    After the return no order and no close order of such a key is taken any more: those in flight end first. Raises
    NotFound for a key that isn't theirs. A second stop changes nothing.
    """
    with transaction.atomic(durable=True):
        lock_person(user_id)
        now = clock()
        if key_id is None:
            stopped = User.objects.filter(pk=user_id, keys_stopped_at=None).update(keys_stopped_at=now)
        else:
            keys = ApiKey.objects.filter(pk=key_id, user_id=user_id, revoked_at=None)
            if not keys.exists():
                raise NotFound(str(key_id))
            stopped = keys.filter(stopped_at=None).update(stopped_at=now)
        if stopped:
            tell_by_mail(user_id, "trading_stopped")
            log_on_commit("trading by keys stopped", user_id=user_id, api_key_id=key_id)
    return now
