"""Checks a staff member's permission to ask or to decide."""

from accounts.domain.approvals.requests import NotPermitted
from accounts.models import User


def require_permission(user_id: int, permission: str) -> None:
    """Raises NotPermitted unless this is an active member of staff with the permission."""
    user = User.objects.filter(pk=user_id, is_active=True, is_staff=True).first()
    if user is None or not user.has_perm(f"accounts.{permission}"):
        raise NotPermitted(permission)
