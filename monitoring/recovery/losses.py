"""The things that a database has and an earlier state of it lacks: those that a person has to know after a restore."""

from collections.abc import Iterator, Mapping

import psycopg
from django.db import connection

SHOWN_MAX = 10

MARKS = """
    SELECT (SELECT coalesce(max(id), 0) FROM transfers) AS transfer,
        (SELECT coalesce(max(id), 0) FROM audit_events) AS event, (SELECT coalesce(max(id), 0) FROM users) AS person
"""
"""The newest rows of the earlier state. Ids, unlike times, don't depend on anybody's clock."""

PAYMENT = "s.id || ' of ' || s.amount || ' ' || s.currency"
QUESTIONS = {
    "withdrawals were paid out since then and are open again: compare with the bank, don't pay twice": (
        f"SELECT {PAYMENT} FROM transfers t JOIN withdrawals s ON s.id = t.reference"
        " WHERE t.kind = 'withdrawal' AND t.phase = 'post' AND t.id > %(transfer)s ORDER BY t.id"
    ),
    "deposits were credited since then: credit them again": (
        f"SELECT {PAYMENT} FROM transfers t JOIN deposits s ON s.id = t.reference"
        " WHERE t.kind = 'deposit' AND t.id > %(transfer)s ORDER BY t.id"
    ),
    "trades were accepted since then": (
        "SELECT count(*) || CASE WHEN demo THEN ' demo ' ELSE ' real ' END || currency FROM transfers"
        " WHERE kind = 'stake' AND phase = 'pending' AND id > %(transfer)s GROUP BY demo, currency ORDER BY 1"
    ),
    "people registered since then": "SELECT email FROM users WHERE id > %(person)s ORDER BY id",
    "API keys were revoked since then and work again: revoke them": (
        "SELECT DISTINCT k.prefix FROM audit_events e JOIN api_keys k ON k.id::text = e.object_id"
        " WHERE e.\"table\" = 'api_keys' AND e.after ->> 'revoked_at' IS NOT NULL AND e.id > %(event)s ORDER BY 1"
    ),
    "people were frozen or closed their account since then: freeze or close them again": (
        "SELECT DISTINCT u.email FROM audit_events e JOIN users u ON u.id::text = e.object_id"
        " WHERE e.\"table\" = 'users'"
        " AND coalesce(e.after ->> 'frozen_at', e.after ->> 'closed_at') IS NOT NULL AND e.id > %(event)s ORDER BY 1"
    ),
    "people excluded themselves since then: exclude them again": (
        "SELECT DISTINCT u.email FROM audit_events e JOIN users u ON u.id = e.person_id"
        " WHERE e.\"table\" = 'exclusions' AND e.operation = 'INSERT' AND e.id > %(event)s ORDER BY 1"
    ),
}


def losses(source: psycopg.Connection) -> Iterator[str]:
    """Yields a line for each kind of thing that `source` has and the default connection's database lacks.

    A table that `source` has lost is told, too.
    """
    marks = _marks()
    for title, query in QUESTIONS.items():
        try:
            found = [str(row[0]) for row in source.execute(query, marks).fetchall()]
        except psycopg.Error as error:
            yield f"not known, {str(error).splitlines()[0]}: {title}"
            continue
        if found:
            more = f" and {len(found) - SHOWN_MAX} more" if len(found) > SHOWN_MAX else ""
            yield f"{title}: {', '.join(found[:SHOWN_MAX])}{more}"


def _marks() -> Mapping[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(MARKS)
        return dict(zip(("transfer", "event", "person"), cursor.fetchone(), strict=True))
