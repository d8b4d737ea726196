"""The action that changes a person's standing and roles among the staff, with four eyes.

Alone, a member of staff who may give roles would give them to a second account of their own, and be two people.
"""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import Group
from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Field, Request
from accounts.domain.access.scopes import AccessEnd
from accounts.domain.approvals import standing
from accounts.domain.approvals.requests import ROLE_NAMES, Role
from accounts.domain.approvals.standing import Membership, Standing
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import FieldError, InvalidInput, NotFound, mark
from accounts.models import User
from accounts.steps.end_sessions import end_sessions
from accounts.steps.log_on_commit import log_on_commit


def person_of(subject: Subject) -> User:
    """Returns the person of `user:<id>`. Raises NotFound."""
    found = User.objects.filter(pk=subject.number("user")).first()
    if found is None:
        raise NotFound(str(subject))
    return found


def membership_of(person: User) -> Membership:
    """Returns a person's present standing and roles."""
    active = Standing.SUPERUSER if person.is_superuser else Standing.STAFF
    names = set(person.groups.values_list("name", flat=True))
    return Membership(active if person.is_staff else Standing.NONE, tuple(role for role in Role if role in names))


def written_membership(subject: Subject) -> dict[str, str]:
    membership = membership_of(person_of(subject))
    return {"standing": membership.standing, "roles": ",".join(membership.roles)}


def read_arguments(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `standing`, and `roles` separated by commas. Raises NotFound, InvalidInput."""
    wanted = _wanted(arguments)
    _groups(wanted)
    if wanted == membership_of(person_of(subject)):
        raise InvalidInput(fields=(FieldError("standing", "unchanged", "nothing differs from the present"),))
    return {"standing": wanted.standing.value, "roles": ",".join(wanted.roles)}


def execute(request: Request, now: datetime) -> None:
    """Give the person exactly this standing and these roles. Sessions of before end: none may do more, or less."""
    wanted = _wanted(request.arguments)
    person = User.objects.select_for_update(no_key=True).get(pk=person_of(request.about).pk)
    person.is_staff = wanted.standing is not Standing.NONE
    person.is_superuser = wanted.standing is Standing.SUPERUSER
    person.save(update_fields=["is_staff", "is_superuser"])
    person.groups.set(_groups(wanted))
    end_sessions(user_id=person.pk, reason=AccessEnd.STANDING_CHANGED)
    log_on_commit("standing changed", user_id=person.pk, state=wanted.standing, approval_id=request.id)


def _groups(wanted: Membership) -> list[Group]:
    """Returns the groups of these roles. Raises InvalidInput for one that `make_staff_roles` hasn't made yet."""
    found = list(Group.objects.filter(name__in=wanted.roles))
    if len(found) < len(wanted.roles):
        raise InvalidInput(fields=(FieldError("roles", "missing", "run manage.py make_staff_roles first"),))
    return found


def describe(request: Request) -> Sequence[tuple[str, str]]:
    person = person_of(request.about)
    lines = [
        (gettext("Person"), person.email),
        (gettext("Present standing"), _shown(membership_of(person))),
    ]
    wanted = _wanted(request.arguments) if request.arguments else None
    return [*lines, (gettext("New standing"), _shown(wanted))] if wanted else lines


def _wanted(arguments: Arguments) -> Membership:
    roles = filter(None, str(arguments.get("roles", "")).split(","))
    return Membership.read(arguments.get("standing"), roles)


def _shown(membership: Membership) -> str:
    roles = (gettext(ROLE_NAMES[role]) for role in membership.roles)
    return ", ".join((gettext(LABELS[membership.standing]), *roles))


LABELS = {
    Standing.NONE: mark("no member of staff"),
    Standing.STAFF: mark("member of staff"),
    Standing.SUPERUSER: mark("superuser"),
}
CHANGE_STAFF = Action(
    name=standing.CHANGE_STAFF,
    title=mark("Change standing and roles"),
    read_arguments=read_arguments,
    execute=execute,
    describe=describe,
    owner=lambda subject: person_of(subject).pk,
    requesters=(),
    approvers=(Role.RISK,),
    fields=(
        Field("standing", mark("Standing"), choices=tuple((each.value, label) for each, label in LABELS.items())),
        Field(
            "roles", mark("Roles"), choices=tuple((role.value, name) for role, name in ROLE_NAMES.items()), many=True
        ),
    ),
    subject_page="admin:accounts_user_change",
    present=written_membership,
)
