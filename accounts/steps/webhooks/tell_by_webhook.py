"""Stores news for the webhooks of people, in the transaction of the event: none is lost, and none tells too early."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.domain.webhooks.events import Event

TELL = """
    INSERT INTO webhook_messages (id, endpoint_id, event, reference, made_at, next_try_at)
    SELECT gen_random_uuid(), e.id, %(event)s, news.reference, %(now)s, %(now)s
    FROM unnest(%(users)s::bigint[], %(references)s::uuid[]) AS news(user_id, reference)
    JOIN webhook_endpoints e ON e.user_id = news.user_id
    WHERE e.off_at IS NULL AND e.removed_at IS NULL AND %(event)s = ANY(e.events)
    ON CONFLICT DO NOTHING
"""


def tell_by_webhook(event: Event, news: Sequence[tuple[int, UUID]], *, now: datetime) -> None:
    """Store an event of these people and objects for each of their endpoints that asks for it; one statement for all.

    Inside the caller's transaction. An event that is stored already stays as it is.
    """
    if not news:
        return
    params: dict[str, Any] = {
        "event": event,
        "now": now,
        "users": [user_id for user_id, _ in news],
        "references": [reference for _, reference in news],
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, params)
