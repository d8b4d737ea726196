"""Tells whether the staff can appoint others by an approval."""

from django.db.models import Q

from accounts.domain.approvals.requests import may_approve
from accounts.domain.approvals.standing import CHANGE_STAFF
from accounts.models import User


def can_appoint_each_other() -> bool:
    """Whether a superuser can ask for a change among the staff, and another member of staff can approve it."""
    staff = User.objects.filter(is_active=True, is_staff=True)
    permission = may_approve(CHANGE_STAFF)
    holds = Q(groups__permissions__codename=permission) | Q(user_permissions__codename=permission)
    approvers = staff.filter(Q(is_superuser=True) | holds).distinct().count()
    return approvers > 1 and staff.filter(is_superuser=True).exists()
