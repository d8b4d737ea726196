"""Reads a wallet's statement lines. The balance after a line is computed, not stored: see docs/decisions/0011."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.domain.ledger.statement import Entry, Line, StatementFilter
from accounts.domain.ledger.transfers import Phase, TransferKind

BATCH = 2_000
"""Lines per read of an export: many enough that round trips don't matter, few enough for little memory."""

# Both directions of a wallet, each by its own index; `{where}` narrows both. A stake never comes in to a wallet, and
# a pending or void transfer doesn't change its target.
BOTH_WAYS = """
    (SELECT id, created_at, kind, phase, true AS outgoing, amount, reference
     FROM transfers WHERE source_id = %(wallet)s AND {where} {end})
    UNION ALL
    (SELECT id, created_at, kind, phase, false, amount, reference
     FROM transfers WHERE target_id = %(wallet)s AND kind <> 'stake' AND phase IN ('single', 'post') AND {where} {end})
"""

WANTED = """
    (%(before)s::bigint IS NULL OR id < %(before)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
    AND (%(reference)s::uuid IS NULL OR reference = %(reference)s)
"""

SHOWN = "id BETWEEN (SELECT min(id) FROM chosen) AND (SELECT max(id) FROM chosen)"

# Nothing is newer than the newest lines. Left to find that out, the planner looks at most transfers of all.
NEWER = "id > (SELECT max(id) FROM chosen) AND NOT %(newest)s"

CHANGES = """
    CASE WHEN phase IN ('pending', 'void') THEN 0 WHEN outgoing THEN -amount ELSE amount END AS change,
    CASE WHEN phase = 'single' OR NOT outgoing THEN 0 WHEN phase = 'pending' THEN amount ELSE -amount END AS held_change
"""

# One statement, so one snapshot: the wallet's own balance less the later changes.
PAGE = f"""
    WITH chosen AS MATERIALIZED (
        SELECT id FROM ({BOTH_WAYS.format(where=WANTED, end="ORDER BY id DESC LIMIT %(limit)s")}) AS wanted
        ORDER BY id DESC LIMIT %(limit)s
    ),
    newest AS (
        SELECT w.balance - coalesce(sum(l.change), 0) AS balance, w.held - coalesce(sum(l.held_change), 0) AS held
        FROM ledger_accounts w LEFT JOIN (
            SELECT {CHANGES} FROM ({BOTH_WAYS.format(where=NEWER, end="")}) AS newer
        ) AS l ON true
        WHERE w.id = %(wallet)s GROUP BY w.balance, w.held
    ),
    entries AS (
        SELECT *, {CHANGES} FROM ({BOTH_WAYS.format(where=SHOWN, end="")}) AS shown
    ),
    standing AS (
        SELECT e.*, n.balance - coalesce(sum(e.change) OVER later, 0) AS balance_after,
            n.held - coalesce(sum(e.held_change) OVER later, 0) AS held_after
        FROM entries e, newest n
        WINDOW later AS (ORDER BY e.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    )
    SELECT id, created_at, kind, phase, outgoing, amount, reference, balance_after, held_after
    FROM standing JOIN chosen USING (id) ORDER BY id DESC
"""

NEXT = f"""
    SELECT * FROM ({BOTH_WAYS.format(where="id > %(after)s AND id <= %(last)s", end="ORDER BY id LIMIT %(limit)s")})
    AS entries ORDER BY id LIMIT %(limit)s
"""

LAST = f"SELECT max(id) FROM ({BOTH_WAYS.format(where='true', end='ORDER BY id DESC LIMIT 1')}) AS entries"


def statement_page(
    wallet_id: int, wanted: StatementFilter, *, before: int | None = None, limit: int = 50
) -> list[Line]:
    """Returns the selected lines with an id below `before`, newest first."""
    params = {
        "wallet": wallet_id,
        "before": before,
        "newest": before is None and wanted == StatementFilter(),
        "limit": limit,
        "kind": wanted.kind,
        "since": wanted.since,
        "until": wanted.until,
        "reference": wanted.reference,
    }
    return [Line(_entry(row[:7]), row[7], row[8]) for row in _rows(PAGE, params)]


def entries_in_order(wallet_id: int) -> Iterator[list[Entry]]:
    """Yields all entries up to now in the order of their application, one batch at a time.

    Each batch is a query of its own by id: no transaction and no cursor stays open while a slow client reads. No entry
    can appear in between, because ids follow the order of application.
    """
    (last,) = _rows(LAST, {"wallet": wallet_id})[0]
    after = 0
    while last is not None and after < last:
        rows = _rows(NEXT, {"wallet": wallet_id, "after": after, "last": last, "limit": BATCH})
        yield [_entry(row) for row in rows]
        after = rows[-1][0]


def _rows(query: str, params: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())


def _entry(row: Sequence[Any]) -> Entry:
    id, at, kind, phase, outgoing, amount, reference = row
    return Entry(id, at, TransferKind(kind), Phase(phase), outgoing, Decimal(amount), reference)
