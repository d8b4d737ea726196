"""The rows of all tables, kept aside: many tests begin with the same ones, and each tampers with them."""

from django.db import connection, transaction

# The tables that `empty_tables` empties, without the partitions: rows go through their table.
_TABLES = """
SELECT quote_ident(relname),
    (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '')
FROM pg_class
WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
    AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    AND relname NOT IN ('auth_group', 'auth_group_permissions')
"""


class KeptRows:
    """Keeps the rows that the database has at its construction, in a schema of their own, until `forget`."""

    def __init__(self) -> None:
        self._columns: dict[str, str] = {}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_TABLES)
            tables: list[tuple[str, str]] = cursor.fetchall()
            cursor.execute("CREATE SCHEMA kept")
            for name, columns in tables:
                cursor.execute(f"SELECT EXISTS (SELECT FROM public.{name})")
                if cursor.fetchone()[0]:
                    cursor.execute(f"CREATE TABLE kept.{name} AS SELECT {columns} FROM public.{name}")
                    self._columns[name] = columns

    def restore(self) -> None:
        """Puts them into empty tables. No trigger fires: they passed all guards when they were written."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name, columns in self._columns.items():
                cursor.execute(
                    f"INSERT INTO public.{name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept.{name}"
                )

    def forget(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA kept CASCADE")
