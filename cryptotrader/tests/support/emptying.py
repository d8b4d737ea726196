"""Restores the tables after a test that committed."""

from django.db import connection, transaction

# Django empties all tables by TRUNCATE, which makes new files for some eighty of them, and then asks each app for its
# permissions again: a third of a second after each of 650 tests. Most tests write a few rows to a few tables. Large
# tables are truncated, because deleted rows stay in their file. No trigger fires, nor a foreign key: all rows go. The
# partitions that a test has made for prices go too: another test counts the missing ones.
#
# Some tables keep rows of the installation: a test may add to these, change and delete them as well.
KEPT = ("django_content_type", "auth_permission", "auth_group", "auth_group_permissions")
KEEP = "CREATE SCHEMA installation;" + "".join(f"CREATE TABLE installation.{name} AS TABLE {name};" for name in KEPT)
EMPTY = f"""
DO $$
DECLARE
    name regclass;
    kept text;
    is_filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOREACH kept IN ARRAY '{{{",".join(KEPT)}}}'::text[]
    LOOP
        EXECUTE format(
            'DELETE FROM %1$I WHERE id IN (SELECT id FROM (TABLE %1$I EXCEPT TABLE installation.%1$I) AS other)', kept
        );
        EXECUTE format('INSERT INTO %1$I TABLE installation.%1$I EXCEPT TABLE %1$I', kept);
    END LOOP;
    FOR name IN
        SELECT inhrelid FROM pg_inherits
        WHERE inhparent = 'index_prices'::regclass AND inhrelid <> 'index_prices_default'::regclass
    LOOP
        EXECUTE format('DROP TABLE %s', name);
    END LOOP;
    FOR name IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname NOT IN ('django_migrations', {", ".join(f"'{name}'" for name in KEPT)})
    LOOP
        IF pg_relation_size(name) > 256 * 1024 THEN
            EXECUTE format('TRUNCATE %s CASCADE', name);
        ELSIF pg_relation_size(name) > 0 THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', name) INTO is_filled;
            IF is_filled THEN
                EXECUTE format('DELETE FROM %s', name);
            END IF;
        END IF;
    END LOOP;
END
$$
"""


def keep_installation() -> None:
    """Notes the rows that are there now in the tables that stay: permissions and the roles of staff."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP)


def empty_tables() -> None:
    """Deletes all rows but those of a new installation: migrations, and the noted ones."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EMPTY)
