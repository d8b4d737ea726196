"""Each login's statements end in time: a lock that somebody holds, a slow query, a forgotten transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connection

from accounts.database_errors import sqlstate_of
from accounts.tests.guards import run_sql
from cryptotrader.tests.roles.logins import acting_as
from monitoring.domain.privileges import Role
from monitoring.domain.timeouts import TIMEOUTS, startup_options
from monitoring.services.grant_roles import role_names
from trading.tests.feeds.stranger import stranger

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_logins")]

LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def as_configured(role: Role) -> Iterator[None]:
    """As a process of this login connects: with the options that the settings give it."""
    options = connection.settings_dict["OPTIONS"]
    before = options["options"]
    prefix, _, _ = role_names()[role].rpartition("_")
    options["options"] = startup_options(role_names()[role], prefix)
    try:
        with acting_as(role):
            yield
    finally:
        options["options"] = before


@pytest.mark.parametrize("role", Role)
def test_each_login_has_all_three(role: Role) -> None:
    assert set(TIMEOUTS[role]) == {"lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"}
    with as_configured(role), connection.cursor() as cursor:
        for name, value in TIMEOUTS[role].items():
            cursor.execute("SELECT current_setting(%s)::interval, %s::interval", [name, value])
            assert len({timedelta(0), *cursor.fetchone()}) == 2, name


@pytest.mark.parametrize("login", ["postgres", "cryptotrader_owner", "cryptotrader", "app", "", "another_app"])
def test_who_migrates_has_none(login: str) -> None:
    assert startup_options(login, "cryptotrader") == ""


@pytest.mark.long
def test_a_locked_table_lets_its_readers_go() -> None:
    with stranger() as other, as_configured(Role.FEED):
        with other.session.transaction():
            other.session.execute("LOCK TABLE instruments IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(OperationalError) as caught:
                run_sql("SELECT FROM instruments")
        assert sqlstate_of(caught.value) == LOCK_NOT_AVAILABLE
        assert isinstance(caught.value.__cause__, psycopg.Error)
        assert run_sql("SELECT FROM instruments") == 0
