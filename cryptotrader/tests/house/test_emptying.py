"""A test that committed leaves an installation as it was for the next test, also the tables that keep their rows."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from accounts.domain.approvals.requests import Role
from accounts.models import User
from cryptotrader.tests.support.emptying import empty_tables
from trading.tests.cast import trader

Rows = list[tuple[object, ...]]


def installation() -> list[Rows]:
    models = (ContentType, Permission, Group, Group.permissions.through)
    return [sorted(model.objects.values_list()) for model in models]


@pytest.mark.django_db
def test_all_is_as_it_was() -> None:
    before = installation()
    assert all(before)
    trader("alice")
    clerks = Group.objects.create(name="clerks")
    clerks.permissions.add(Permission.objects.earliest("pk"))
    Group.objects.get(name=Role.AUDITOR).permissions.clear()
    Group.objects.filter(name=Role.FINANCE).update(name="other")
    Permission.objects.create(name="x", codename="x", content_type=ContentType.objects.earliest("pk"))
    ContentType.objects.latest("pk").delete()
    empty_tables()
    assert installation() == before
    assert not User.objects.exists()
