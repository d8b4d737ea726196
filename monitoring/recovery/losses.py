"""The things that a database has and an earlier state of it lacks: those that a person has to know after a restore."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from django.db import connection

from accounts.domain.money import SCALES

SHOWN_MAX = 10
MARKED = {"transfer": ("transfers", "reference"), "event": ("audit_events", "at"), "person": ("users", "joined_at")}
"""The tables whose ids mark a state, and a column that tells two rows apart. Ids don't depend on anybody's clock."""

PLACES = " ".join(f"WHEN '{currency}' THEN {places}" for currency, places in SCALES.items())


def _money(amount: str, of: str) -> str:
    """SQL for an amount of a row with a currency, at this currency's places."""
    return f"round({amount}, CASE {of}.currency {PLACES} ELSE 8 END) || ' ' || {of}.currency"


STAYS = f"s.id || ' of ' || {_money('s.amount', 's')}"
PAID_AND_GONE = f"s.id || ' of ' || {_money('s.amount + s.fee', 's')} || ' with the fee, to ' || u.email"
CREDITED_AND_GONE = f"s.id || ' of ' || {_money('s.amount - s.fee', 's')} || ' without the fee, for ' || u.email"
REQUESTED_BEFORE = (  # its hold tells it: a withdrawal without one never was
    "EXISTS (SELECT FROM transfers h WHERE h.kind = 'withdrawal' AND h.phase = 'pending' AND h.reference = s.id"
    " AND h.id <= %(transfer)s)"
)
ANNOUNCED_SINCE = (
    "EXISTS (SELECT FROM audit_events e WHERE e.\"table\" = 'deposits' AND e.operation = 'INSERT'"
    " AND e.object_id = s.id::text AND e.id > %(event)s)"
)
WITHDRAWN = (
    "FROM transfers t JOIN withdrawals s ON s.id = t.reference JOIN users u ON u.id = s.user_id"
    " WHERE t.kind = 'withdrawal'"
)
CREDITED = (
    "FROM transfers t JOIN deposits s ON s.id = t.reference JOIN users u ON u.id = s.user_id WHERE t.kind = 'deposit'"
)
QUESTIONS = {
    # A thing that was made since then is gone: nobody can end it, revoke it or credit it again.
    "withdrawals were paid out since then and are open again: compare with the bank, don't pay twice": (
        f"SELECT {STAYS} {WITHDRAWN} AND t.phase = 'post' AND t.id > %(transfer)s AND {REQUESTED_BEFORE} ORDER BY t.id"
    ),
    "withdrawals were requested and paid out since then, and are unknown now: their money is in the wallets again,"
    " take it back by adjustments": (
        f"SELECT {PAID_AND_GONE} {WITHDRAWN} AND t.phase = 'post' AND t.id > %(transfer)s"
        f" AND NOT {REQUESTED_BEFORE} ORDER BY t.id"
    ),
    "withdrawals were refused or cancelled since then and are open again: end them again, don't pay them": (
        f"SELECT {STAYS} {WITHDRAWN} AND t.phase = 'void' AND t.id > %(transfer)s AND {REQUESTED_BEFORE} ORDER BY t.id"
    ),
    "withdrawals were requested since then, and are unknown now: don't pay them, the traders ask again": (
        f"SELECT {STAYS} {WITHDRAWN} AND t.phase = 'pending' AND t.id > %(transfer)s AND NOT EXISTS"
        " (SELECT FROM transfers r WHERE r.kind = 'withdrawal' AND r.phase IN ('post', 'void') AND r.reference = s.id)"
        " ORDER BY t.id"
    ),
    "deposits were credited since then: credit them again": (
        f"SELECT {STAYS} {CREDITED} AND t.id > %(transfer)s AND NOT {ANNOUNCED_SINCE} ORDER BY t.id"
    ),
    "deposits were announced and credited since then, and are unknown now: give their money by adjustments": (
        f"SELECT {CREDITED_AND_GONE} {CREDITED} AND t.id > %(transfer)s AND {ANNOUNCED_SINCE} ORDER BY t.id"
    ),
    "deposits were announced since then: their payments, when they come, find nothing": (
        f"SELECT {STAYS} FROM deposits s WHERE {ANNOUNCED_SINCE}"
        " AND NOT EXISTS (SELECT FROM transfers t WHERE t.kind = 'deposit' AND t.reference = s.id) ORDER BY s.id"
    ),
    # The void of a trade that is gone needs nothing: its stake and its result are gone, too.
    "staff adjusted balances or results since then: do it again": (
        f"SELECT t.kind || ' ' || t.reference || ' of ' || CASE t.target_id WHEN w.id THEN '+' ELSE '−' END"
        f" || {_money('t.amount', 't')} || ', ' || u.email"
        " FROM transfers t JOIN ledger_accounts w ON w.id IN (t.source_id, t.target_id) AND w.kind = 'wallet'"
        " JOIN users u ON u.id = w.owner_id WHERE t.kind IN ('adjustment', 'reversal', 'bonus') AND t.id > %(transfer)s"
        " AND u.id <= %(person)s AND NOT EXISTS (SELECT FROM transfers o WHERE o.kind = 'stake'"
        " AND o.phase = 'pending' AND o.reference = t.reference AND o.id > %(transfer)s) ORDER BY t.id"
    ),
    "trades were accepted since then": (
        "SELECT count(*) || CASE WHEN demo THEN ' demo ' ELSE ' real ' END || currency FROM transfers"
        " WHERE kind = 'stake' AND phase = 'pending' AND id > %(transfer)s GROUP BY demo, currency ORDER BY 1"
    ),
    "people registered since then": "SELECT email FROM users WHERE id > %(person)s ORDER BY id",
    "API keys were revoked since then and work again: revoke them": (
        "SELECT DISTINCT k.prefix FROM audit_events e JOIN api_keys k ON k.id::text = e.object_id"
        " WHERE e.\"table\" = 'api_keys' AND e.after ->> 'revoked_at' IS NOT NULL AND e.id > %(event)s"
        " AND NOT EXISTS (SELECT FROM audit_events m WHERE m.\"table\" = 'api_keys' AND m.operation = 'INSERT'"
        " AND m.object_id = e.object_id AND m.id > %(event)s) ORDER BY 1"
    ),
    "people were frozen or closed their account since then: freeze or close them again": (
        "SELECT DISTINCT u.email FROM audit_events e JOIN users u ON u.id::text = e.object_id"
        " WHERE e.\"table\" = 'users'"
        " AND coalesce(e.after ->> 'frozen_at', e.after ->> 'closed_at') IS NOT NULL AND e.id > %(event)s"
        " AND u.id <= %(person)s ORDER BY 1"
    ),
    "people changed their password since then, and the old one is valid again": (
        "SELECT DISTINCT u.email FROM audit_events e JOIN users u ON u.id::text = e.object_id"
        " WHERE e.\"table\" = 'users' AND e.operation = 'UPDATE' AND e.after ? 'password' AND e.id > %(event)s"
        " AND u.id <= %(person)s ORDER BY 1"
    ),
    "members of staff lost rights since then and have them again: take them away": (
        "SELECT DISTINCT u.email FROM audit_events e JOIN users u ON u.id = e.person_id"
        " WHERE e.id > %(event)s AND u.id <= %(person)s AND"
        " (e.\"table\" IN ('users_groups', 'users_user_permissions') AND e.operation = 'DELETE'"
        " OR e.\"table\" = 'users' AND e.operation = 'UPDATE' AND 'false' IN"
        " (e.after ->> 'is_staff', e.after ->> 'is_superuser', e.after ->> 'is_active')) ORDER BY 1"
    ),
    "instruments were opened, paused or closed since then: compare": (
        "SELECT DISTINCT i.symbol FROM audit_events e JOIN instruments i ON i.id::text = e.object_id"
        " WHERE e.\"table\" = 'instruments' AND e.after ? 'status' AND e.id > %(event)s ORDER BY 1"
    ),
    "people excluded themselves since then: exclude them again": (
        "SELECT DISTINCT u.email FROM audit_events e JOIN users u ON u.id = e.person_id"
        " WHERE e.\"table\" = 'exclusions' AND e.operation = 'INSERT' AND e.id > %(event)s AND u.id <= %(person)s"
        " ORDER BY 1"
    ),
}


def losses(source: psycopg.Connection, marks: Mapping[str, int]) -> Iterator[str]:
    """Yields a line for each kind of thing that `source` has beyond the marks of an earlier state.

    A table that `source` has lost is told, too.
    """
    for title, query in QUESTIONS.items():
        try:
            with source.transaction():  # the caller's own, with its locks, outlives a question that fails
                found = [str(row[0]) for row in source.execute(query, marks).fetchall()]
        except psycopg.Error as error:
            yield f"not known, {str(error).splitlines()[0]}: {title}"
            continue
        if found:
            more = f" and {len(found) - SHOWN_MAX} more" if len(found) > SHOWN_MAX else ""
            yield f"{title}: {', '.join(found[:SHOWN_MAX])}{more}"


def marks_of_state(source: psycopg.Connection) -> Mapping[str, int]:
    """Returns the newest rows that the default connection's database and `source` have in common.

    Those are the newest of an earlier state. But two databases that a restore has parted count on by themselves.
    """
    with connection.cursor() as cursor, source.cursor() as reading:
        return {name: _newest_common(cursor, reading, *row) for name, row in MARKED.items()}


def _newest_common(own: Any, theirs: Any, table: str, column: str) -> int:
    """The id of the newest row of a table that both have, by bisection: up to the parting they have the same rows.

    0 without one, and where a table can't be read: the list has too much then, rather than too little.
    """
    high = (_row(own, table, column) or (0,))[0]
    low = high if _same(own, theirs, table, column, high) else 0
    while low < high:
        middle = (low + high + 1) // 2
        if _same(own, theirs, table, column, middle):
            low = middle
        else:
            high = middle - 1
    return int(low)


def _same(own: Any, theirs: Any, table: str, column: str, until: int) -> bool:
    try:
        return _row(own, table, column, until) == _row(theirs, table, column, until)
    except psycopg.Error:
        return False


def _row(cursor: Any, table: str, column: str, until: int | None = None) -> tuple[Any, ...] | None:
    """The id of the newest row up to one, with its column; None without such a row, or without the table."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    if cursor.fetchone() != (True,):
        return None
    condition = "" if until is None else f"WHERE id <= {until:d}"
    cursor.execute(f"SELECT id, {column} FROM {table} {condition} ORDER BY id DESC LIMIT 1")
    row: tuple[Any, ...] | None = cursor.fetchone()
    return row
