from collections.abc import Callable
from typing import TypeVar

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.domain.access.scopes import AppAlreadySet
from accounts.models import User

T = TypeVar("T")


def set_up_authenticator(*, user_id: int, activate: Callable[[], T]) -> T:
    """Let allauth `activate` an authenticator app, and return its result. Raises AppAlreadySet: only one may exist."""
    with transaction.atomic(durable=True):
        # allauth takes the same lock for new recovery codes; the removal of a second factor takes it too.
        list(User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk"))
        require_no_app(user_id)
        return activate()


def require_no_app(user_id: int) -> None:
    """Raises AppAlreadySet."""
    if Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists():
        raise AppAlreadySet
