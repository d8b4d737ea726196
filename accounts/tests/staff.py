"""Staff of each role, for the tests of approvals."""

from django.contrib.auth.models import Group
from django.test import Client

from accounts.domain.approvals.requests import Role
from accounts.models import User
from accounts.tests.cast import NOON, PASSWORD


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
