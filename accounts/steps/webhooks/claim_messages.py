"""Claims the messages of webhooks that are due, so that people, hosts and endpoints take turns."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import WebhookMessage
from accounts.steps.outgoing.by_index import BY_INDEX

AT_ONCE, OF_PERSON, OF_HOST, OF_ONE = 100, 20, 40, 10
"""Messages under way side by side: in all, of a person, to a host, and to an endpoint."""

FAILING_AT_ONCE = 50
"""Of these in all, to receivers that failed last time: many of them leave room for the others."""

LEASE = timedelta(minutes=2)
"""A sender that dies leaves its messages to the next one after this time: longer than any call takes."""

CLAIM = """
    WITH RECURSIVE ids AS (
        (SELECT endpoint_id FROM webhook_messages
        WHERE state = 'waiting' ORDER BY endpoint_id, next_try_at, id LIMIT 1)
        UNION ALL
        SELECT m.endpoint_id FROM ids CROSS JOIN LATERAL (
            SELECT endpoint_id FROM webhook_messages
            WHERE state = 'waiting' AND endpoint_id > ids.endpoint_id ORDER BY endpoint_id, next_try_at, id LIMIT 1
        ) m
    ),
    endpoints AS (
        SELECT e.id AS endpoint_id, e.user_id, lower(split_part(e.url, '/', 3)) AS host,
            e.failing_since IS NOT NULL AS fails, u.is_active AND e.off_at IS NULL AND e.removed_at IS NULL
                AND (e.failing_since IS NULL OR %(failing)s) AS may
        FROM ids JOIN webhook_endpoints e ON e.id = ids.endpoint_id JOIN users u ON u.id = e.user_id
    ),
    under_way AS (
        SELECT e.endpoint_id, e.user_id, e.host
        FROM endpoints e CROSS JOIN LATERAL (
            SELECT next_try_at, tried_at FROM webhook_messages
            WHERE endpoint_id = e.endpoint_id AND state = 'waiting'
                AND next_try_at > %(now)s AND next_try_at <= %(until)s
            ORDER BY next_try_at, id OFFSET 0
        ) m WHERE m.next_try_at = m.tried_at + %(lease)s
    ),
    of_one AS (
        SELECT m.id, m.next_try_at, e.*, row_number() OVER (PARTITION BY e.endpoint_id ORDER BY m.next_try_at, m.id)
            + (SELECT count(*) FROM under_way w WHERE w.endpoint_id = e.endpoint_id) AS place
        FROM endpoints e CROSS JOIN LATERAL (
            SELECT id, next_try_at FROM webhook_messages
            WHERE endpoint_id = e.endpoint_id AND state = 'waiting' AND next_try_at <= %(now)s
            ORDER BY next_try_at, id LIMIT %(of_one)s
        ) m WHERE e.may
    ),
    of_person AS (
        SELECT id, next_try_at, host, fails, row_number() OVER (PARTITION BY user_id ORDER BY fails, next_try_at, id)
            + (SELECT count(*) FROM under_way w WHERE w.user_id = of_one.user_id) AS place
        FROM of_one WHERE place <= CASE WHEN fails THEN 1 ELSE %(of_one)s END
    ),
    of_host AS (
        SELECT id, next_try_at, fails, place AS turn,
            row_number() OVER (PARTITION BY host ORDER BY fails, place, next_try_at, id)
            + (SELECT count(*) FROM under_way w WHERE w.host = of_person.host) AS place
        FROM of_person WHERE place <= %(of_person)s
    ),
    of_all AS (
        SELECT id, next_try_at, fails, turn,
            row_number() OVER (PARTITION BY fails ORDER BY turn, next_try_at, id) AS place
        FROM of_host WHERE place <= %(of_host)s
    ),
    taken AS (
        SELECT m.id FROM webhook_messages m JOIN of_all ON of_all.id = m.id AND of_all.next_try_at = m.next_try_at
        WHERE of_all.place <= %(failing_at_once)s OR NOT of_all.fails
        ORDER BY of_all.fails, of_all.turn, of_all.next_try_at
        LIMIT greatest(%(at_once)s - (SELECT count(*) FROM under_way), 0) FOR UPDATE OF m SKIP LOCKED
    )
    UPDATE webhook_messages m SET next_try_at = %(until)s, tries = m.tries + 1, tried_at = %(now)s
    FROM taken WHERE m.id = taken.id RETURNING m.id
"""
"""People take turns. A receiver that failed last time gets one message at a time, and after the others. A message under
way is one whose next try is the end of its lease. One index gives the endpoints with waiting messages, one after the
other, and the first messages of each: a backlog of any length costs nothing."""


def claim_messages(now: datetime, *, failing: bool) -> Sequence[WebhookMessage]:
    """Take messages until the end of their lease; without `failing` for receivers alone that answered last time.

    Inside the caller's transaction.
    """
    params: dict[str, Any] = {
        **{"now": now, "until": now + LEASE, "lease": LEASE, "failing": failing},
        **{"of_one": OF_ONE, "of_person": OF_PERSON, "of_host": OF_HOST},
        **{"at_once": AT_ONCE, "failing_at_once": FAILING_AT_ONCE},
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(CLAIM, params)
        ids = [id for (id,) in cursor.fetchall()]
    return list(WebhookMessage.objects.select_related("endpoint").filter(pk__in=ids).order_by("made_at", "id"))
