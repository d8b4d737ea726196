"""The things that a database has and an earlier state of it lacks: those that a person has to know after a restore."""

from collections.abc import Iterator
from datetime import datetime

import psycopg

SHOWN_MAX = 10

QUESTIONS = (
    (
        "withdrawals were paid out since then and are open again: compare with the bank, don't pay twice",
        "SELECT id || ' of ' || amount || ' ' || currency FROM withdrawals"
        " WHERE state = 'done' AND ended_at > %s ORDER BY ended_at",
    ),
    (
        "deposits were credited since then: credit them again",
        "SELECT id || ' of ' || amount || ' ' || currency FROM deposits"
        " WHERE state = 'done' AND ended_at > %s ORDER BY ended_at",
    ),
    (
        "trades were accepted since then, with their stakes and results",
        "SELECT count(*) || CASE WHEN demo THEN ' demo ' ELSE ' real ' END || currency FROM flash_trades"
        " WHERE accepted_at > %s GROUP BY demo, currency ORDER BY 1",
    ),
    ("people registered since then", "SELECT email FROM users WHERE joined_at > %s ORDER BY id"),
    (
        "API keys were revoked since then and work again: revoke them",
        "SELECT prefix FROM api_keys WHERE revoked_at > %s ORDER BY id",
    ),
    (
        "people were frozen or closed their account since then: do it again",
        "SELECT email FROM users WHERE frozen_at > %s OR closed_at > %s ORDER BY id",
    ),
    (
        "exclusions began since then: enter them again",
        "SELECT u.email FROM exclusions e JOIN users u ON u.id = e.user_id WHERE e.starts_at > %s ORDER BY e.id",
    ),
)


def losses(source: psycopg.Connection, since: datetime) -> Iterator[str]:
    """Yields a line for each kind of thing that `source` has had since a moment. A table that is gone is told, too."""
    for title, query in QUESTIONS:
        try:
            found = [str(row[0]) for row in source.execute(query, [since] * query.count("%s")).fetchall()]  # type: ignore[call-overload]
        except psycopg.Error as error:
            yield f"not known, {str(error).splitlines()[0]}: {title}"
            continue
        if found:
            more = f" and {len(found) - SHOWN_MAX} more" if len(found) > SHOWN_MAX else ""
            yield f"{title}: {', '.join(found[:SHOWN_MAX])}{more}"
