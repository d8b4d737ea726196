"""Today's database objects stand in files. A file says what a migrated database has, and the other way round."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunSQL, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation

from cryptotrader.local.home import ROOT

FILES = {
    file.read_text(): file
    for room in ("accounts", "trading", "monitoring")
    for file in sorted((ROOT / room).glob("sql/*/*.sql"))
}
OF_LIBRARIES = ["_pgh_attach_context"]
"""pghistory's migration makes it, not ours. Another one has to be named here."""

FUNCTIONS = """
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname <> ALL(%(libraries)s)
"""
VIEWS = "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')"
TABLES = """
    FROM pg_class t WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND relname !~ '^index_prices_[0-9]{4}_[0-9]{2}$'
"""
CATALOGUE = f"""
    SELECT 'function ' || oid::regprocedure, pg_get_functiondef(oid) {FUNCTIONS}
    UNION ALL
    SELECT 'view ' || oid::regclass, pg_get_viewdef(oid) {VIEWS}
    UNION ALL
    SELECT format('trigger %%s on %%s', tgname, relname), pg_get_triggerdef(g.oid)
    FROM pg_trigger g JOIN (SELECT t.oid, relname {TABLES}) AS t ON t.oid = tgrelid
    WHERE NOT tgisinternal
    UNION ALL
    SELECT format('constraint %%s on %%s', conname, relname), pg_get_constraintdef(c.oid)
    FROM pg_constraint c JOIN (SELECT t.oid, relname {TABLES}) AS t ON t.oid = conrelid
    UNION ALL
    SELECT 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
    FROM pg_index i JOIN (SELECT t.oid {TABLES}) AS t ON t.oid = indrelid
    UNION ALL
    SELECT format('column %%s of %%s', attname, relname),
        concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid))
    FROM pg_attribute a JOIN (SELECT t.oid, relname {TABLES}) AS t ON t.oid = attrelid
    LEFT JOIN pg_attrdef d ON (adrelid, adnum) = (attrelid, attnum)
    WHERE attnum > 0
    UNION ALL
    SELECT 'table ' || relname, concat_ws(' ', relkind, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid)) {TABLES}
"""
MADE_BY_SQL = f"""
    SELECT format('DROP FUNCTION IF EXISTS %%s CASCADE', oid::regprocedure) {FUNCTIONS}
    UNION ALL
    SELECT format('DROP VIEW IF EXISTS %%s CASCADE', oid::regclass) {VIEWS}
    UNION ALL
    SELECT format('DROP TABLE %%s CASCADE', t.oid::regclass) {TABLES}
        AND (relkind = 'p' OR relname <> ALL(%(tables)s) AND NOT relispartition)
    UNION ALL
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%s', conrelid::regclass, conname)
    FROM pg_constraint JOIN (SELECT t.oid {TABLES} AND relkind = 'r') AS t ON t.oid = conrelid
    WHERE conname = ANY(%(files)s)
"""
OPEN_TO_ALL = """
    SELECT proname FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prosecdef AND has_function_privilege('public', oid, 'EXECUTE')
"""


def asked(query: str) -> list[Any]:
    """The rows of a query about the catalogue."""
    tables = [*connection.introspection.django_table_names(), "django_migrations"]
    files = [file.stem for file in FILES.values()]
    with connection.cursor() as cursor:
        cursor.execute(query, {"libraries": OF_LIBRARIES, "tables": tables, "files": files})
        return list(cursor.fetchall())


def run(statements: str) -> None:
    """Without parameters, so that % means nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statements)


def installed() -> list[Path]:
    """The files in the order in which migrations install them."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    texts = [text for migration, _ in plan for operation in migration.operations for text in texts_of(operation)]
    return [FILES[text] for text in texts if text in FILES]


def texts_of(operation: Operation) -> Iterator[str]:
    """The SQL that an operation runs when it goes forward."""
    if isinstance(operation, SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from texts_of(inner)
    elif isinstance(operation, RunSQL):
        yield from map(str, [operation.sql] if isinstance(operation.sql, str) else operation.sql)


def differences() -> list[str]:
    """The names of the objects that a database made by the files would not have like ours.

    Takes out of this database all that SQL made, and makes it again from the files.
    """
    ours: dict[str, str] = dict(asked(CATALOGUE))
    for (statement,) in asked(MADE_BY_SQL):
        run(statement)
    for file in installed():
        run(file.read_text())
    theirs: dict[str, str] = dict(asked(CATALOGUE))
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


@pytest.mark.django_db
def test_a_migrated_database_has_what_the_files_say() -> None:
    assert differences() == []


@pytest.mark.django_db
def test_a_changed_a_missing_and_an_added_object_are_found() -> None:
    run("ALTER FUNCTION hold_orders RESET lock_timeout")
    run("DROP TRIGGER trades_are_kept ON flash_trades")
    run("ALTER TABLE close_orders DROP CONSTRAINT closed_at_a_whole_second")
    run("ALTER VIEW price_spans_needed RENAME COLUMN since TO starts")
    run("CREATE TABLE added ()")
    run("CREATE TRIGGER added BEFORE DELETE ON users EXECUTE FUNCTION ledger_refuse('people are kept')")
    assert differences() == [
        "constraint closed_at_a_whole_second on close_orders",
        "function hold_orders()",
        "table added",
        "trigger added on users",
        "trigger trades_are_kept on flash_trades",
        "view price_spans_needed",
    ]


@pytest.mark.django_db
def test_what_works_as_the_owner_is_closed_by_its_own_file() -> None:
    """Also where there are no logins to grant anything to. A call of `hold_orders` only makes orders wait."""
    run("ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC")
    assert differences() == []
    assert asked(OPEN_TO_ALL) == [("hold_orders",)]


@pytest.mark.django_db
def test_a_migration_installs_each_file_once() -> None:
    assert Counter(installed()) == Counter(FILES.values())


@pytest.mark.parametrize("file", FILES.values(), ids=lambda file: file.stem)
def test_a_file_has_one_object_with_its_name_and_a_comment(file: Path) -> None:
    lines = file.read_text().splitlines()
    assert lines[0].startswith("-- ")
    assert len(lines) <= 250
    assert max(map(len, lines)) <= 120
    first, *others = re.findall(
        r"^(?:CREATE (?:OR REPLACE )?(?:CONSTRAINT )?|ALTER TABLE \w+ ADD )(\w+) (\w+)", file.read_text(), re.MULTILINE
    )
    assert first[1] == file.stem
    parts = {"FUNCTION": {"TRIGGER"}, "TRIGGER": {"TRIGGER"}, "TABLE": {"SEQUENCE", "TABLE"}}
    assert {kind for kind, _ in others} <= parts.get(first[0], set())
    if first[0] == "FUNCTION":
        assert set(re.findall(r"EXECUTE FUNCTION (\w+)", file.read_text())) <= {file.stem}
