"""Compares the database's catalogue with `monitoring.domain.privileges`. Only reads."""

from collections.abc import Iterator, Mapping

from django.db import connection

from monitoring.domain.privileges import FUNCTIONS, MEMBERSHIPS, SEQUENCES, TABLES, Grants, Role, parsed
from monitoring.services.grant_roles import role_names

Right = tuple[str, str, str | None, str]
"""A login, an object, the column if the right is limited to one, and the privilege."""

OURS = """
    relnamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = %s.oid AND d.deptype = 'e')
"""
"""Without the objects of extensions."""

TABLE = f"relkind IN ('r', 'p', 'v', 'm', 'f') AND {OURS % 'c'}"

ON_TABLES = f"""
    SELECT role, relname, NULL, privilege
    FROM pg_class c, unnest(%(roles)s::text[]) AS role,
         unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'])
         AS privilege
    WHERE {TABLE} AND has_table_privilege(role, c.oid, privilege)
"""
ON_COLUMNS = f"""
    SELECT role, relname, attname, privilege
    FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped,
         unnest(%(roles)s::text[]) AS role, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS privilege
    WHERE {TABLE} AND has_column_privilege(role, c.oid, attnum, privilege)
      AND NOT has_table_privilege(role, c.oid, privilege)
"""
ON_SEQUENCES = f"""
    SELECT role, relname, NULL, privilege
    FROM pg_class c, unnest(%(roles)s::text[]) AS role, unnest(ARRAY['SELECT', 'USAGE', 'UPDATE']) AS privilege
    WHERE relkind = 'S' AND {OURS % "c"} AND has_sequence_privilege(role, c.oid, privilege)
"""
ON_FUNCTIONS = f"""
    SELECT role, proname, NULL, 'EXECUTE' FROM pg_proc p, unnest(%(roles)s::text[]) AS role
    WHERE {(OURS % "p").replace("relnamespace", "pronamespace")} AND has_function_privilege(role, p.oid, 'EXECUTE')
"""
ELSEWHERE = """
    SELECT role, 'the schema', NULL, 'CREATE' FROM unnest(%(roles)s::text[]) AS role
    WHERE has_schema_privilege(role, 'public', 'CREATE')
    UNION ALL
    SELECT role, 'the database', NULL, privilege
    FROM unnest(%(roles)s::text[]) AS role, unnest(ARRAY['CREATE', 'TEMP']) AS privilege
    WHERE has_database_privilege(role, current_database(), privilege)
    UNION ALL
    SELECT rolname, 'the server', NULL, 'superuser, createdb, createrole, replication or bypassrls' FROM pg_roles
    WHERE rolname = ANY(%(roles)s::text[])
      AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)
    UNION ALL
    SELECT member::regrole::text, roleid::regrole::text, NULL, 'membership' FROM pg_auth_members
    WHERE pg_get_userbyid(member) = ANY(%(roles)s::text[])
    UNION ALL
    SELECT pg_get_userbyid(refobjid), classid::regclass::text, NULL, 'ownership' FROM pg_shdepend
    WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass AND pg_get_userbyid(refobjid) = ANY(%(roles)s::text[])
"""
"""The rights that no login may ever have."""

LISTED: Mapping[str, Mapping[str, Grants]] = {ON_TABLES: TABLES, ON_SEQUENCES: SEQUENCES, ON_FUNCTIONS: FUNCTIONS}


def find_role_faults() -> list[str]:
    """Return a line for each right that a login lacks or should not have. Empty if all rights match the list."""
    names = role_names()
    found = set(_found(names))
    wanted = {right for listed in LISTED.values() for right in _wanted(listed, names)}
    wanted |= {(names[role], group, None, "membership") for role, group in MEMBERSHIPS.items()}
    found -= {right for right in found - wanted if _follows(right, names)}
    return [f"{_words(right)}: has it and should not" for right in sorted(found - wanted, key=str)] + [
        f"{_words(right)}: lacks it" for right in sorted(wanted - found, key=str)
    ]


def unlisted_tables() -> list[str]:
    """Return the tables and views that the list lacks, without partitions: only the owner can use them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT relname FROM pg_class c WHERE {TABLE} AND NOT relispartition")
        return sorted({row[0] for row in cursor.fetchall()} - set(TABLES))


def owns_the_tables() -> bool:
    """Whether this process's login owns the tables or could become their owner: then it can remove every guard."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass('index_prices')")
        row = cursor.fetchone()
        return bool(row and row[0])


def _wanted(listed: Mapping[str, Grants], names: Mapping[Role, str]) -> Iterator[Right]:
    for object, grants in listed.items():
        for role, text in grants.items():
            for privilege, column in parsed(text):
                yield names[role], object, column, privilege


def _follows(right: Right, names: Mapping[Role, str]) -> bool:
    """Whether a right follows from the membership in `pg_read_all_data`."""
    return right[3] == "SELECT" and right[0] in {names[role] for role in MEMBERSHIPS}


def _found(names: Mapping[Role, str]) -> Iterator[Right]:
    with connection.cursor() as cursor:
        for query in (ON_TABLES, ON_COLUMNS, ON_SEQUENCES, ON_FUNCTIONS, ELSEWHERE):
            cursor.execute(query, {"roles": list(names.values())})
            yield from cursor.fetchall()


def _words(right: Right) -> str:
    role, object, column, privilege = right
    return f"{role}: {privilege} on {object}{f' ({column})' if column else ''}"
