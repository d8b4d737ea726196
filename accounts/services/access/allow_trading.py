from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.models import ApiKey, User
from accounts.steps.lock_person import lock_person
from accounts.steps.log_on_commit import log_on_commit


def allow_trading(*, user_id: int, key_id: int | None) -> None:
    """Let the API keys of a person trade again, each within its scopes. No key may ask for it.

    Without `key_id` all stops end, with it that of this key; while all keys are stopped, it still doesn't trade. Raises
    NotFound for a key that isn't theirs.
    """
    with transaction.atomic(durable=True):
        lock_person(user_id)
        keys = ApiKey.objects.filter(user_id=user_id)
        if key_id is None:
            User.objects.filter(pk=user_id).update(keys_stopped_at=None)
        elif not (keys := keys.filter(pk=key_id, revoked_at=None)).exists():
            raise NotFound(str(key_id))
        keys.update(stopped_at=None)
        log_on_commit("trading by keys allowed", user_id=user_id, api_key_id=key_id)
