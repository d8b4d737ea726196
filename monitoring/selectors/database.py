"""Reads PostgreSQL's own statistics: statements, sizes, indexes, bloat, connections, locks and the cache.

Each query gives rows as PostgreSQL names their columns. Sizes are bytes, times are seconds unless the name says more.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import psycopg
from django.db import DatabaseError, connection, connections

from accounts.database_errors import sqlstate_of
from monitoring.domain.growth import Footprint

Row = Mapping[str, Any]

LOCK_NOT_AVAILABLE = "55P03"

TABLES = """
    SELECT p.root::regclass::text AS "table", sum(s.n_live_tup)::bigint AS rows, sum(s.n_dead_tup)::bigint AS dead_rows,
        sum(pg_table_size(s.relid))::bigint AS bytes, sum(pg_indexes_size(s.relid))::bigint AS index_bytes,
        count(*) AS parts, sum(s.seq_scan)::bigint AS full_reads, sum(s.idx_scan)::bigint AS index_reads,
        max(greatest(s.last_autovacuum, s.last_vacuum)) AS vacuumed_at
    FROM pg_stat_user_tables s, LATERAL (SELECT coalesce(pg_partition_root(s.relid), s.relid) AS root) AS p
    WHERE s.schemaname = 'public' GROUP BY p.root
    ORDER BY sum(pg_total_relation_size(s.relid)) DESC, 1 LIMIT %(limit)s
"""
UNUSED_INDEXES = """
    SELECT s.indexrelid::regclass::text AS index, s.relid::regclass::text AS "table",
        pg_relation_size(s.indexrelid) AS bytes, s.idx_scan AS reads
    FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)
    WHERE s.schemaname = 'public' AND NOT i.indisunique AND s.idx_scan = 0
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = s.indexrelid)
    ORDER BY 3 DESC, 1 LIMIT %(limit)s
"""
BUSY_INDEXES = """
    SELECT s.indexrelid::regclass::text AS index, s.relid::regclass::text AS "table",
        pg_relation_size(s.indexrelid) AS bytes, s.idx_scan AS reads, s.last_idx_scan AS read_at
    FROM pg_stat_user_indexes s WHERE s.schemaname = 'public' AND s.idx_scan > 0
    ORDER BY 4 DESC, 1 LIMIT %(limit)s
"""
# The rows that the statistics know, packed into full pages, against the pages that the table has.
BLOAT = """
    SELECT "table", bytes, greatest(bytes - needed, 0)::bigint AS bloat_bytes,
        round(100 * greatest(bytes - needed, 0) / bytes, 1) AS bloat_percent
    FROM (
        SELECT c.oid::regclass::text AS "table", c.relpages::bigint * 8192 AS bytes,
            8192 * ceil(
                c.reltuples::numeric * (28 + ceil(sum((1 - t.null_frac) * t.avg_width)::numeric / 8) * 8) / 8168
            ) AS needed
        FROM pg_class c JOIN pg_stats t ON t.schemaname = 'public' AND t.tablename = c.relname
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relpages > 16
        GROUP BY c.oid, c.relpages, c.reltuples
    ) AS tables ORDER BY 3 DESC, 1 LIMIT %(limit)s
"""
CONNECTIONS = """
    SELECT coalesce(usename, '-') AS login, coalesce(state, '-') AS state, count(*) AS count,
        round(extract(epoch FROM max(clock_timestamp() - state_change)), 1) AS longest_seconds,
        (SELECT setting::int FROM pg_settings WHERE name = 'max_connections') AS max_connections
    FROM pg_stat_activity WHERE backend_type = 'client backend' GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""
BLOCKED = """
    SELECT w.pid, w.usename AS login, round(extract(epoch FROM clock_timestamp() - w.query_start), 1) AS waits_seconds,
        left(w.query, 120) AS query, b.pid AS holder, b.usename AS holder_login, b.state AS holder_state,
        b.application_name AS holder_program, left(b.query, 120) AS holder_query
    FROM pg_stat_activity w, unnest(pg_blocking_pids(w.pid)) AS by JOIN pg_stat_activity b ON b.pid = by
    ORDER BY 3 DESC LIMIT %(limit)s
"""
LOCKS = """
    SELECT coalesce(l.relation::regclass::text, l.locktype) AS "on", l.mode, count(*) FILTER (WHERE granted) AS held,
        count(*) FILTER (WHERE NOT granted) AS waiting
    FROM pg_locks l LEFT JOIN pg_database d ON d.oid = l.database
    WHERE l.pid <> pg_backend_pid() AND (d.datname = current_database() OR l.database IS NULL OR l.database = 0)
        AND l.locktype <> 'virtualxid'
    GROUP BY 1, 2 ORDER BY 4 DESC, 3 DESC, 1 LIMIT %(limit)s
"""
WHOLE = """
    SELECT pg_database_size(current_database()) AS bytes, xact_commit AS commits, xact_rollback AS rollbacks,
        round(100.0 * blks_hit / nullif(blks_hit + blks_read, 0), 2) AS cache_hit_percent, temp_bytes, deadlocks,
        age(datfrozenxid) AS transactions_since_freeze, stats_reset,
        current_setting('server_version') AS version
    FROM pg_stat_database JOIN pg_database USING (datname) WHERE datname = current_database()
"""
OLDEST = """
    SELECT pid, usename AS login, application_name AS program, state,
        round(extract(epoch FROM clock_timestamp() - xact_start), 1) AS seconds, left(query, 120) AS query
    FROM pg_stat_activity WHERE xact_start IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()
    ORDER BY xact_start LIMIT 3
"""
SECTIONS = {
    "database": WHOLE,
    "tables": TABLES,
    "unused_indexes": UNUSED_INDEXES,
    "busy_indexes": BUSY_INDEXES,
    "bloat": BLOAT,
    "connections": CONNECTIONS,
    "blocked": BLOCKED,
    "locks": LOCKS,
    "oldest_transactions": OLDEST,
}
STATEMENTS = """
    SELECT r.rolname AS login, s.calls, round((s.total_exec_time / 1000)::numeric, 3) AS total_seconds,
        round(s.mean_exec_time::numeric, 3) AS mean_milliseconds, s.rows,
        round(100.0 * s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0), 1) AS cache_hit_percent,
        left(regexp_replace(s.query, '\\s+', ' ', 'g'), 200) AS query
    FROM {schema}.pg_stat_statements s LEFT JOIN pg_roles r ON r.oid = s.userid
    JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = %(database)s
    ORDER BY s.total_exec_time DESC LIMIT %(limit)s
"""
EXTENSION = """
    SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
    WHERE extname = 'pg_stat_statements'
"""
FOOTPRINT = """
    WITH sizes AS (
        SELECT coalesce(pg_partition_root(relid), relid)::regclass::text AS name, sum(n_live_tup) AS rows,
            sum(pg_total_relation_size(relid)) AS bytes
        FROM pg_stat_user_tables WHERE schemaname = 'public' GROUP BY 1
    )
    SELECT
        -- Counting millions takes seconds.
        (SELECT CASE WHEN rows < 1000000 THEN (SELECT count(*) FROM flash_trades) ELSE rows END
         FROM sizes WHERE name = 'flash_trades') AS trades,
        (SELECT count(*) FROM flash_trades WHERE accepted_at > clock_timestamp() - interval '1 day') AS trades_a_day,
        (SELECT sum(bytes) FROM sizes WHERE name IN ('flash_trades', 'transfers', 'close_orders')) AS trade_bytes,
        (SELECT bytes FROM sizes WHERE name = 'index_prices') AS price_bytes,
        (SELECT sum(sequence) FROM price_heads) AS prices,
        (SELECT count(*) FROM index_prices WHERE priced_at > clock_timestamp() - interval '1 day') AS prices_a_day,
        pg_database_size(current_database()) AS bytes
"""


LOCK_SECONDS = 1
"""The size of a table can't be read while another holds it: then its section is missing, and the locks say who."""


def database_stats(*, limit: int) -> dict[str, list[Row] | None]:
    """Each section's rows, at most `limit` where a list could be long; None for one that waited for a lock.

    Raises django.db.DatabaseError when the database doesn't answer.
    """
    return {name: _unless_locked(query, {"limit": limit}) for name, query in SECTIONS.items()}


def sees_all_sessions() -> bool:
    """Whether this login sees the statements and sessions of others: without the right they look like nothing."""
    (row,) = _rows("SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS seen", {})
    return bool(row["seen"])


def top_statements(*, limit: int) -> list[Row] | None:
    """The statements that took most time in all; None where no pg_stat_statements is installed.

    The server counts all its databases, so the extension may be in this one or in `postgres`, where no dump finds it.
    """
    database = connection.settings_dict["NAME"]
    if (schema := _extension()) is not None:
        return _rows(STATEMENTS.format(schema=schema), {"limit": limit, "database": database})
    try:
        with psycopg.connect(**_address("postgres"), row_factory=psycopg.rows.dict_row) as other:
            found = other.execute(EXTENSION).fetchone()
            if found is None:
                return None
            query = STATEMENTS.format(schema=found["quote_ident"])
            found_rows = other.execute(query, {"limit": limit, "database": database}).fetchall()
            return [_row(row.items()) for row in found_rows]
    except psycopg.Error:
        return None


def footprint() -> Footprint | None:
    """The disk that trades and prices take, and the rate at which they come; None if a lock is in the way."""
    rows = _unless_locked(FOOTPRINT, {})
    return Footprint(**{name: int(value or 0) for name, value in rows[0].items()}) if rows else None


def _extension() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(EXTENSION)
        row = cursor.fetchone()
    return str(row[0]) if row else None


def _address(database: str) -> dict[str, Any]:
    """How this process connects, to another database of the same server."""
    usual = connections.settings["default"]
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {"dbname": database, "connect_timeout": 2, **{name: usual[key] for name, key in names.items() if usual[key]}}


def _unless_locked(query: str, arguments: Mapping[str, Any]) -> list[Row] | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            return _rows(query, arguments)
        except DatabaseError as error:
            if sqlstate_of(error) != LOCK_NOT_AVAILABLE:
                raise
            return None
        finally:
            cursor.execute("RESET lock_timeout")


def _rows(query: str, arguments: Mapping[str, Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        if cursor.description is None:
            raise DatabaseError("a query without an answer")
        names = [column.name for column in cursor.description]
        return [_row(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _row(values: Iterable[tuple[str, Any]]) -> Row:
    """Nothing here is money: ratios and seconds are floats, also in JSON."""
    return {name: float(value) if isinstance(value, Decimal) else value for name, value in values}
