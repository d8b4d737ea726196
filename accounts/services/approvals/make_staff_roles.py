from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.approval_actions import registered_actions
from accounts.domain.approvals.requests import Role, may_approve, may_request
from accounts.domain.approvals.staff_decisions import STAFF_DECISIONS
from accounts.models import ApprovalRequest

READABLE = ("accounts", "trading", "monitoring", "auth")
"""Every role may view everything in these apps. Staff change nothing there without approval."""

ALONE = {Role.FINANCE: sorted({decision.alone for decision in STAFF_DECISIONS} - {""})}
"""The permissions of a role without approval by others: everyday amounts at the cashier."""


def make_action_permissions() -> None:
    """Create two permissions for each registered action, to request it and to approve it, where they are missing."""
    content_type = ContentType.objects.get_for_model(ApprovalRequest)
    wanted = [
        Permission(content_type=content_type, codename=may(action.name), name=f"Can {word} {action.name}")
        for action in registered_actions()
        for may, word in ((may_request, "request"), (may_approve, "approve"))
    ]
    Permission.objects.bulk_create(wanted, ignore_conflicts=True)


def make_staff_roles() -> dict[Role, list[str]]:
    """Create the groups support, finance, risk and auditor with exactly the permissions that docs/runbook.md lists."""
    given: dict[Role, list[str]] = {}
    with transaction.atomic(durable=True):
        make_action_permissions()
        views = Permission.objects.filter(codename__startswith="view_", content_type__app_label__in=READABLE)
        for role in Role:
            own = Permission.objects.filter(content_type__app_label="accounts", codename__in=_codenames(role))
            group, _made = Group.objects.get_or_create(name=role)
            group.permissions.set([*views, *own])
            given[role] = sorted(permission.codename for permission in own)
    return given


def _codenames(role: Role) -> list[str]:
    actions = registered_actions()
    asks = [may_request(action.name) for action in actions if role in action.requesters]
    decides = [may_approve(action.name) for action in actions if role in action.approvers]
    return [*asks, *decides, *ALONE.get(role, ())]
