from django.db import transaction

from accounts.models import ApiKey, User
from accounts.steps.lock_person import lock_person
from accounts.steps.log_on_commit import log_on_commit


def allow_trading(*, user_id: int) -> None:
    """Let all API keys of a person trade again, each within its scopes. No key may ask for it."""
    with transaction.atomic(durable=True):
        lock_person(user_id)
        User.objects.filter(pk=user_id).update(keys_stopped_at=None)
        ApiKey.objects.filter(user_id=user_id).update(stopped_at=None)
        log_on_commit("trading by keys allowed", user_id=user_id)
