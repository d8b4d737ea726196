"""Staff of each role, for the tests of approvals."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.test import Client

from accounts.domain.approvals.requests import Decision, Role
from accounts.models import ApprovalRequest, User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.tests.cast import NOON, PASSWORD, standing


def staff_member(name: str, *roles: Role) -> User:
    """Creates a member of staff with these roles and nothing else; the roles are there in every test."""
    user = User.objects.create_user(f"{name}@example.com", PASSWORD, locale="en", is_staff=True, joined_at=NOON)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def back_office(person: User) -> Client:
    """Returns a browser in which this member of staff has logged in."""
    client = Client()
    client.force_login(person)
    return client


def asked(action: str, subject: str, *, by: User, at: datetime = NOON, **arguments: object) -> ApprovalRequest:
    """Asks for an action with four eyes."""
    return request_approval(
        action=action, subject=subject, arguments=arguments, reason="because", requested_by=by.pk, now=at
    )


def approved(request: ApprovalRequest, *people: User, at: datetime = NOON) -> ApprovalRequest:
    """Approves the request, as these people one after another."""
    for person in people:
        request = decide_request(
            request_id=request.pk, decision=Decision.APPROVE, reason="seen", decided_by=person.pk, clock=standing(at)
        )
    return request
