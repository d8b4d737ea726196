"""Checks a staff member's permission to ask or to decide."""

from accounts.domain.approvals.requests import NotPermitted
from accounts.models import User


def require_permission(user_id: int, permission: str) -> None:
    """Raises NotPermitted unless this is an active member of staff with the permission."""
    if not is_permitted(user_id, permission):
        raise NotPermitted(permission)


def is_permitted(user_id: int, permission: str) -> bool:
    """Whether this is an active member of staff with the permission."""
    user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    return user is not None and user.has_perm(f"accounts.{permission}")
