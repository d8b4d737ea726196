from collections.abc import Collection, Iterator, Mapping

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from monitoring.domain.privileges import FUNCTIONS, SEQUENCES, TABLES, Grants, Role, parsed


class RolesMissing(Exception):
    """Some logins don't exist; the text names them."""


def role_names() -> dict[Role, str]:
    """Returns the names of this installation's logins: see DATABASE_ROLE_PREFIX."""
    return {role: f"{settings.DATABASE_ROLE_PREFIX}_{role}" for role in Role}


def roles_missing() -> list[str]:
    """Returns the logins that the server doesn't know."""
    names = list(role_names().values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [names])
        known = {row[0] for row in cursor.fetchall()}
    return [name for name in names if name not in known]


def grant_roles() -> None:
    """Grant each login the rights in `monitoring.domain.privileges`, and no others, in this database.

    Run it as the tables' owner after each migration that makes a table, any number of times. Raises RolesMissing.
    """
    missing = roles_missing()
    if missing:
        raise RolesMissing(", ".join(missing))
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        for statement in _statements(_existing()):
            cursor.execute(statement.as_string(connection.connection))


def _existing() -> dict[str, list[str]]:
    """Returns the existing tables, views, sequences and functions, each with its columns: older releases have fewer."""
    query = """
        SELECT relname, array_agg(attname::text) FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
        WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped GROUP BY relname
        UNION ALL SELECT proname, '{}' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def _statements(existing: Mapping[str, Collection[str]]) -> Iterator[sql.Composed]:
    names = {role: sql.Identifier(name) for role, name in role_names().items()}
    everybody = sql.SQL(", ").join([sql.SQL("PUBLIC"), *names.values()])
    database = sql.Identifier(connection.settings_dict["NAME"])
    for objects in ("TABLES", "SEQUENCES", "ROUTINES"):
        yield _compose("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}", sql.SQL(objects), everybody)
        # Objects of later migrations stay closed until the list has a line for them.
        yield _compose("ALTER DEFAULT PRIVILEGES REVOKE ALL ON {} FROM {}", sql.SQL(objects), everybody)
    yield _compose("REVOKE ALL ON SCHEMA public FROM {}", everybody)
    yield _compose("REVOKE ALL ON DATABASE {} FROM {}", database, everybody)
    for name in names.values():
        yield _compose("GRANT USAGE ON SCHEMA public TO {}", name)
        yield _compose("GRANT CONNECT ON DATABASE {} TO {}", database, name)
    listed: dict[str, Mapping[str, Grants]] = {"TABLE": TABLES, "SEQUENCE": SEQUENCES, "ROUTINE": FUNCTIONS}
    for kind, objects_of_kind in listed.items():
        for object in objects_of_kind.keys() & existing.keys():
            for role, grants in objects_of_kind[object].items():
                for what in _privileges(grants, existing[object]):
                    yield _compose("GRANT {} ON {} {} TO {}", what, sql.SQL(kind), sql.Identifier(object), names[role])


def _privileges(grants: str, columns: Collection[str]) -> Iterator[sql.Composable]:
    for privilege, column in parsed(grants):
        if column is None:
            yield sql.SQL(privilege)
        elif column in columns:
            yield _compose("{} ({})", sql.SQL(privilege), sql.Identifier(column))


def _compose(text: str, *parts: sql.Composable) -> sql.Composed:
    return sql.SQL(text).format(*parts)
