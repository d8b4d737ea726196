"""Checks that a person may be paid out: not if frozen or closed, but also while excluded."""

from accounts.domain.access.scopes import AccountClosed, AccountFrozen
from accounts.models import User


def require_active(user_id: int) -> None:
    """Raises AccountFrozen or AccountClosed. Exact while a wallet of the person is locked."""
    user = User.objects.get(pk=user_id)
    if not user.is_active:
        raise AccountClosed if user.closed_at else AccountFrozen
