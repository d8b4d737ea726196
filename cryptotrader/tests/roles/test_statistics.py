"""What a login can't see must not look like nothing: an operator would read that nobody holds a connection."""

from io import StringIO

import pytest
from django.core.management import call_command

from cryptotrader.tests.roles.logins import acting_as
from monitoring.domain.privileges import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_logins")]


def told() -> str:
    err = StringIO()
    call_command("database_stats", "--json", stdout=StringIO(), stderr=err)
    return err.getvalue()


def test_a_login_without_the_right_is_told_that_it_sees_its_own_sessions_alone() -> None:
    assert "its own sessions alone" not in told()
    with acting_as(Role.APP):
        assert "its own sessions alone" in told()
