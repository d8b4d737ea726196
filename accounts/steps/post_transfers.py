"""Posts transfers: the one way to move money. The database applies them: see sql/ledger/ledger_apply_transfers.sql."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.bound_statements import bound_rows, prepared_rows
from accounts.domain.ledger.transfers import Move

# The next ids go to the holder of an account's lock. So an account's transfers, read by id, are in the order of their
# application. The count makes PostgreSQL take all the locks before the first id.
POST = """
    WITH {changes}
    moves AS MATERIALIZED ({moves}),
    locked AS MATERIALIZED (
        SELECT id FROM ledger_accounts WHERE id IN (
            SELECT source_id FROM moves UNION SELECT target_id FROM moves WHERE phase IN ('single', 'post')
        ) ORDER BY id FOR NO KEY UPDATE
    ),
    posted AS (
        INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
        SELECT kind, phase, source_id, target_id, amount, currency, demo, reference, %(now)s::timestamptz
        FROM moves WHERE (SELECT count(*) FROM locked) >= 0
        RETURNING id
    )
    {answer}
"""
LISTED = """
    SELECT * FROM unnest(%(kind)s::text[], %(phase)s::text[], %(source_id)s::bigint[], %(target_id)s::bigint[],
        %(amount)s::numeric[], %(currency)s::text[], %(demo)s::boolean[], %(reference)s::uuid[])
        AS listed(kind, phase, source_id, target_id, amount, currency, demo, reference)
"""
COLUMNS = ("kind", "phase", "source_id", "target_id", "amount", "currency", "demo", "reference")


def post_transfers(moves: Sequence[Move], *, now: datetime) -> int:
    """Post the transfers, all or none, inside the caller's transaction. Returns their number.

    They are applied, and numbered, in the order given. Raises IntegrityError where the database refuses: a negative
    balance, a second opening or resolution, mixed currencies or books, the wrong kinds of account. Callers check
    the causes that a person can have *after* locking (see `lock_wallets`).
    """
    columns = {name: [getattr(move, name) for move in moves] for name in COLUMNS}
    ((posted,),) = post_with_changes("", LISTED, "SELECT count(*) FROM posted", columns, now=now)
    return int(posted)


def post_with_changes(
    changes: str, moves: str, answer: str, params: Mapping[str, Any], *, now: datetime, prepared: bool = False
) -> list[tuple[Any, ...]]:
    """Change rows and move their money in one statement: thousands of rows never pass through Python.

    `changes` are clauses of a WITH, each with its comma. `moves` is a SELECT of `Move`'s columns by name; it may read
    the rows that `changes` return. `answer` is a SELECT of the result; it may read both, and `posted`, one row a
    transfer. `prepared` is for statements that come with each order. Raises as `post_transfers`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("transfers belong to a use case's transaction")
    rows = prepared_rows if prepared else bound_rows
    return rows(POST.format(changes=changes, moves=moves, answer=answer), {**params, "now": now})
