"""The database's logins in tests: a test can switch every connection of this process to one of them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

from monitoring.domain.privileges import MEMBERSHIPS, Role
from monitoring.services.grant_roles import grant_roles, role_names, roles_missing

PASSWORD = secrets.token_urlsafe(24)


@contextmanager
def separate_logins() -> Iterator[None]:
    """Creates the logins of this test database, with the rights of the list; other databases have other logins."""
    with patch.object(settings, "DATABASE_ROLE_PREFIX", prefix()):
        for name in roles_missing():
            _run("CREATE ROLE {} LOGIN PASSWORD {}", sql.Identifier(name), sql.Literal(PASSWORD))
        for role, group in MEMBERSHIPS.items():
            _run("GRANT {} TO {}", sql.Identifier(group), sql.Identifier(role_names()[role]))
        grant_roles()
        names = list(role_names().values())
    try:
        yield
    finally:
        for name in names:
            _run("DROP OWNED BY {}", sql.Identifier(name))
            _run("DROP ROLE {}", sql.Identifier(name))


def prefix() -> str:
    """Returns the prefix of their names."""
    return str(connection.settings_dict["NAME"])


@contextmanager
def acting_as(role: Role) -> Iterator[None]:
    """Runs the code inside, in any thread, with this login."""
    database = connection.settings_dict
    before = {name: database[name] for name in ("USER", "PASSWORD")}
    _reconnect(USER=role_names()[role], PASSWORD=PASSWORD)
    try:
        yield
    finally:
        _reconnect(**before)


def _reconnect(**login: str) -> None:
    database = cast(DatabaseWrapper, connection)
    database.close()
    database.close_pool()
    database.settings_dict.update(login)


def _run(statement: str, *parts: sql.Composable) -> None:
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*parts).as_string(connection.connection))
