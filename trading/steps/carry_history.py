"""Carries the published history of another database into this one: prices, daily digests, and the keys that sign.

A database that is restored to an earlier moment lacks prices that the platform has shown and signed since. If its chain
went on from there, the platform would sign two histories. So the newer part of the chain goes on in the restored
database, where it decides the trades that were under way at that moment as it decided them before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

COLUMNS = """
    SELECT attname::text FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
HEADS = """
    SELECT i.symbol, i.id, h.sequence, h.priced_at, h.digest
    FROM instruments i LEFT JOIN price_heads h ON h.instrument_id = i.id ORDER BY i.id
"""
SINCE = """
    WITH linked AS (
        SELECT sequence, priced_at, previous, digest, lag(sequence) OVER chain AS sequence_before,
            lag(digest) OVER chain AS digest_before
        FROM index_prices WHERE instrument_id = %s AND priced_at >= %s WINDOW chain AS (ORDER BY priced_at)
    )
    SELECT bool_and(CASE WHEN sequence_before IS NULL THEN (sequence, priced_at, digest) = (%s, %s, %s)
        ELSE sequence = sequence_before + 1 AND previous = digest_before END)
    FROM linked
"""
KEY = "SELECT kid, algorithm, public_key, sealed_private_key, created_at, retired_at FROM signing_keys ORDER BY id"
# A key that retires forgets its private half; the order lets one key sign at each moment.
RETIRE = """
    UPDATE signing_keys SET retired_at = coalesce(%s, now()), sealed_private_key = ''
    WHERE kid = %s AND retired_at IS NULL
"""
ADD_KEY = """
    INSERT INTO signing_keys (kid, algorithm, public_key, sealed_private_key, created_at, retired_at)
    VALUES (%s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Carried:
    """The numbers of carried rows; `lost` names the instruments whose newer prices could not be carried, and why."""

    prices: int
    days: int
    keys: int
    lost: tuple[str, ...]


def carry_history(source: psycopg.Connection) -> Carried:
    """Continue each chain of this database with the newer prices, days and keys of `source`, a later state of it.

    A chain is carried only if `source` has its head: else the two have parted. The guards that check each price run as
    for every price, but the one that compares it with the clock.
    """
    lost: list[str] = []
    prices = days = 0
    with connection.cursor() as cursor:
        cursor.execute(HEADS)
        heads = cursor.fetchall()
        later = {symbol: (id, sequence or 0) for symbol, id, sequence, _, _ in source.execute(HEADS).fetchall()}
        for symbol, id, sequence, priced_at, digest in heads:
            own = (id, sequence or 0)
            there = later.pop(symbol, (id, 0))
            if there == own or (sequence is None and there[1] == 0):
                continue
            if there[0] != id or not _continues(source, id, sequence, priced_at, digest):
                lost.append(f"{symbol}: its chain is another one since {priced_at or 'its beginning'}")
                continue
            prices += _carry_prices(source, cursor, id, priced_at)
            days += _carry_days(source, cursor, id)
        lost += [f"{symbol}: it was made later" for symbol, (_, sequence) in later.items() if sequence]
        return Carried(prices, days, _carry_keys(source, cursor), tuple(lost))


def _continues(source: psycopg.Connection, id: int, sequence: int | None, priced_at: Any, digest: str | None) -> bool:
    """Whether the other database has this head, and its chain goes on from there without a broken link."""
    if sequence is None:
        return True
    row = source.execute(SINCE, [id, priced_at, sequence, priced_at, digest]).fetchone()
    return bool(row and row[0])


def _carry_prices(source: psycopg.Connection, cursor: Any, id: int, since: Any) -> int:
    months = (
        "SELECT DISTINCT date_trunc('month', priced_at, 'UTC') FROM index_prices"
        " WHERE instrument_id = %s AND (%s::timestamptz IS NULL OR priced_at > %s)"
    )
    for (month,) in source.execute(months, [id, since, since]).fetchall():
        cursor.execute("SELECT make_price_partition(%s)", [month])
    condition = sql.SQL("instrument_id = {} AND ({} IS NULL OR priced_at > {}) ORDER BY priced_at").format(
        sql.Literal(id), _instant(since), _instant(since)
    )
    with _clock_unheeded(cursor):
        copied = _copy(source, cursor, "index_prices", condition)
    cursor.execute("SELECT setval('index_price_ids', greatest((SELECT max(id) FROM index_prices), 1))")
    return copied


def _carry_days(source: psycopg.Connection, cursor: Any, id: int) -> int:
    cursor.execute("SELECT max(day) FROM daily_digests WHERE instrument_id = %s", [id])
    (newest,) = cursor.fetchone()
    after = sql.SQL("{}::date").format(sql.Literal(newest))
    condition = sql.SQL("instrument_id = {} AND ({} IS NULL OR day > {}) ORDER BY day").format(
        sql.Literal(id), after, after
    )
    return _copy(source, cursor, "daily_digests", condition, without=("id",))


def _carry_keys(source: psycopg.Connection, cursor: Any) -> int:
    cursor.execute(KEY)
    own = {row[0]: row for row in cursor.fetchall()}
    there = source.execute(KEY).fetchall()
    for kid, *_, retired_at in there:
        if kid in own and retired_at is not None:
            cursor.execute(RETIRE, [retired_at, kid])
    new = [row for row in there if row[0] not in own]
    if any(row[-1] is None for row in new):
        for kid in own:
            cursor.execute(RETIRE, [None, kid])
    for row in new:
        cursor.execute(ADD_KEY, row)
    return len(new)


def _copy(
    source: psycopg.Connection, cursor: Any, table: str, condition: sql.Composable, *, without: tuple[str, ...] = ()
) -> int:
    """Copies the rows; their columns are those of this database."""
    cursor.execute(COLUMNS, [table])
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in cursor.fetchall() if name not in without)
    out = sql.SQL("COPY (SELECT {} FROM {} WHERE {}) TO STDOUT").format(columns, sql.Identifier(table), condition)
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    copied = 0
    with source.cursor() as reading, reading.copy(out) as rows, cursor.copy(into) as target:
        for data in rows:
            target.write(data)
            copied += bytes(data).count(b"\n")
    return copied


def _instant(value: Any) -> sql.Composable:
    return sql.SQL("{}::timestamptz").format(sql.Literal(value))


@contextmanager
def _clock_unheeded(cursor: Any) -> Iterator[None]:
    """These prices were recorded at their time, by this guard; only the owner may switch it off."""
    cursor.execute("ALTER TABLE index_prices DISABLE TRIGGER prices_by_the_clock")
    yield
    cursor.execute("ALTER TABLE index_prices ENABLE TRIGGER prices_by_the_clock")
