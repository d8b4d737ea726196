from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.approval_actions import registered_actions
from accounts.domain.approvals.requests import Role, may_approve, may_request
from accounts.domain.approvals.roles import DOES, READ_BY_AUDITORS, READS
from accounts.models import ApprovalRequest


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
    """Create the groups of staff with exactly the permissions of `accounts.domain.approvals.roles`.

    Each `migrate` calls it, so that the roles are there from the first one on, and new actions reach them.
    Returns by role what its members do, without what they read.
    """
    given: dict[Role, list[str]] = {}
    with transaction.atomic(durable=True):
        make_action_permissions()
        for role in Role:
            own = list(_permissions(_does(role)))
            group, _made = Group.objects.get_or_create(name=role)
            group.permissions.set([*_reads(role), *own])
            given[role] = sorted(permission.codename for permission in own)
    return given


def _reads(role: Role) -> list[Permission]:
    if role is Role.AUDITOR:
        views = Permission.objects.filter(codename__startswith="view_", content_type__app_label__in=READ_BY_AUDITORS)
        return list(views.exclude(codename="view_exposure"))
    return list(_permissions([table.replace(".", ".view_") for table in READS[role]]))


def _does(role: Role) -> list[str]:
    actions = registered_actions()
    asks = [f"accounts.{may_request(action.name)}" for action in actions if role in action.requesters]
    decides = [f"accounts.{may_approve(action.name)}" for action in actions if role in action.approvers]
    return [*asks, *decides, *DOES[role]]


def _permissions(names: list[str]) -> QuerySet[Permission]:
    """The permissions `app.codename`; one that no migration has made yet is left out."""
    wanted = Q(pk=None)
    for name in names:
        app, _dot, codename = name.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    return Permission.objects.filter(wanted)
