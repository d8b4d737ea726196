"""The rights in the database's catalogue equal the list, for every table. Rights outside the list don't exist."""

import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from accounts.tests.guards import run_sql
from cryptotrader.checks import check_logins
from cryptotrader.tests.roles.logins import acting_as
from monitoring.domain.privileges import TABLES, Role, parsed
from monitoring.services.find_role_faults import find_role_faults, unlisted_tables
from monitoring.services.grant_roles import grant_roles, role_names

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_logins")]


def test_every_table_is_listed_and_granted_as_listed() -> None:
    assert unlisted_tables() == []
    assert find_role_faults() == []
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor, include_views=True)
    assert set(TABLES) <= set(tables)


GRANTED = [
    ("GRANT UPDATE (price) ON index_prices_default TO {app}", "{app}: UPDATE on index_prices_default (price)"),
    ("GRANT TRIGGER ON flash_trades TO {app}", "{app}: TRIGGER on flash_trades"),
    ("GRANT DELETE ON transfers TO PUBLIC", "{settler}: DELETE on transfers"),
    ("GRANT EXECUTE ON FUNCTION prices_go_on TO {feed}", "{feed}: EXECUTE on prices_go_on"),
    ("GRANT UPDATE ON SEQUENCE index_price_ids TO {feed}", "{feed}: UPDATE on index_price_ids"),
    ("GRANT CREATE ON SCHEMA public TO {app}", "{app}: CREATE on the schema"),
    ("GRANT TEMP ON DATABASE {database} TO PUBLIC", "{app}: TEMP on the database"),
    ("REVOKE SELECT ON users FROM {app}", "{app}: SELECT on users: lacks it"),
]
DEEPER = [
    ("GRANT {settler} TO {app}", "{app}: membership on {settler}"),
    ("ALTER ROLE {feed} CREATEROLE", "{feed}: superuser, createdb, createrole"),
    ("CREATE TABLE more (); ALTER TABLE more OWNER TO {app}", "{app}: ownership on pg_class"),
]
"""Only a superuser can repair these."""


@pytest.mark.parametrize(("statement", "fault"), [*GRANTED, *DEEPER])
def test_a_right_too_many_or_too_few_is_found_and_put_right(statement: str, fault: str) -> None:
    names = {str(role): name for role, name in role_names().items()} | {"database": connection.settings_dict["NAME"]}
    run_sql(statement.format(**names))
    found = find_role_faults()
    assert any(fault.format(**names) in line for line in found), found
    grant_roles()
    left = find_role_faults()
    assert bool(left) == ((statement, fault) in DEEPER), left


def test_what_is_made_later_is_closed_until_it_is_listed() -> None:
    run_sql("CREATE TABLE later (id int); CREATE FUNCTION later_too() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    assert unlisted_tables() == ["later"]
    assert find_role_faults() == []


def test_the_settler_may_write_every_column_that_is_not_a_term_and_no_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'flash_trades'::regclass AND attnum > 0")
        columns = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE tgname IN ('terms_are_fixed', 'payout_version_is_fixed') AND tgrelid = 'flash_trades'::regclass"
        )
        terms = {column for (text,) in cursor.fetchall() for column in re.findall(r"old\.(\w+)", text, re.IGNORECASE)}
    written = {column for privilege, column in parsed(TABLES["flash_trades"][Role.SETTLER]) if privilege == "UPDATE"}
    assert written == columns - terms


def command(*options: str) -> str:
    out = StringIO()
    call_command("grant_roles", *options, stdout=out)
    return out.getvalue()


def test_the_command_grants_and_compares() -> None:
    command()
    assert command("--check") == "no faults\n"
    assert command("--check", "--json") == '{"faults": []}\n'
    run_sql(f"GRANT DELETE ON transfers TO {role_names()[Role.APP]}")
    with pytest.raises(SystemExit) as ended:
        command("--check")
    assert ended.value.code == 3


def failure(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(CommandError) as refusal:
        call()
    return refusal.value.returncode, str(refusal.value)


@pytest.mark.django_db(transaction=True)
@pytest.mark.refusals
def test_the_command_refuses_a_login_that_does_not_own_the_tables() -> None:
    with acting_as(Role.APP):
        assert failure(command)[0] == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_compares_with_any_login_and_misses_those_that_are_not_there(settings: Settings) -> None:
    with acting_as(Role.APP):
        assert command("--check") == "no faults\n"
    before, settings.DATABASE_ROLE_PREFIX = settings.DATABASE_ROLE_PREFIX, "nobody"
    refusal = 1, "make these logins first: nobody_app, nobody_feed, nobody_settler, nobody_backup"
    assert (failure(command), failure(lambda: command("--check"))) == (refusal, refusal)
    settings.DATABASE_ROLE_PREFIX = before


def told() -> list[str]:
    return [str(message.id).removeprefix("cryptotrader.") for message in check_logins(["default"])]


@pytest.mark.django_db(transaction=True)
def test_the_check_of_an_installation_tells_whether_its_logins_are_apart(settings: Settings) -> None:
    assert told() == ["W002"]
    with acting_as(Role.APP):
        assert told() == []
    run_sql("GRANT DELETE ON transfers TO PUBLIC")
    with acting_as(Role.APP):
        assert told() == ["E011"]
    grant_roles()
    before, settings.DATABASE_ROLE_PREFIX = settings.DATABASE_ROLE_PREFIX, "nobody"
    assert told() == ["W002", "W003"]
    settings.DATABASE_ROLE_PREFIX = before
    assert check_logins(None) == []
