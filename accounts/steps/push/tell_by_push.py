from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

TELL = """
    INSERT INTO push_messages (subscription_id, reference, made_at)
    SELECT s.id, news.reference, %(now)s
    FROM unnest(%(users)s::bigint[], %(references)s::uuid[]) AS news(user_id, reference)
    JOIN push_subscriptions s ON s.user_id = news.user_id
"""


def tell_by_push(results: Sequence[tuple[int, UUID]], *, now: datetime) -> None:
    """Store these people's results for each of their browsers that wants pushes; one statement for all.

    Inside the caller's transaction.
    """
    if not results:
        return
    params: dict[str, Any] = {
        "now": now,
        "users": [user_id for user_id, _ in results],
        "references": [reference for _, reference in results],
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, params)
