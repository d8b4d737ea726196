"""Sends the results that wait to be pushed: one push a browser, however many results there are."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from accounts.domain.channels import compact_json
from accounts.domain.moments import Clock
from accounts.domain.push.encryption import encrypted
from accounts.domain.push.subscriptions import bytes_of
from accounts.domain.push.vapid import authorization
from accounts.models import PushSubscription
from accounts.sealing import BrokenSeal
from accounts.steps.hold_alone import hold_alone
from accounts.steps.outgoing.by_index import BY_INDEX
from accounts.steps.outgoing.calls import Answered
from accounts.steps.outgoing.send_in_turns import send_in_turns
from accounts.steps.push.push_key import push_key

AT_ONCE, OF_PERSON, FAILING_AT_ONCE = 500, 10, 250
"""Pushes under way side by side: in all, of a person, and in all to services that failed last time."""

LOCK = 0x50555348
"""The key of an advisory lock ("PUSH"): one sender at a time, so that they hold one slot of the worker together."""

FRESH = timedelta(minutes=5)
"""An older result is no news; a push service keeps a push as long for a browser that is away."""

FAILING_MAX = timedelta(days=7)
ENDED = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

TAKE = """
    WITH RECURSIVE ids AS (
        (SELECT subscription_id, id AS oldest FROM push_messages ORDER BY subscription_id, id LIMIT 1)
        UNION ALL
        SELECT m.subscription_id, m.id FROM ids CROSS JOIN LATERAL (
            SELECT subscription_id, id FROM push_messages
            WHERE subscription_id > ids.subscription_id ORDER BY subscription_id, id LIMIT 1
        ) m
    ),
    waiting AS (
        SELECT s.id, s.user_id, s.failing_since IS NOT NULL AS fails, ids.oldest
        FROM ids JOIN push_subscriptions s ON s.id = ids.subscription_id
        WHERE s.id != ALL(%(under_way)s) AND (s.failing_since IS NULL OR %(failing)s)
    ),
    of_person AS (
        SELECT id, fails, oldest, row_number() OVER (PARTITION BY user_id ORDER BY fails, oldest)
            + (SELECT count(*) FROM unnest(%(people)s::bigint[]) AS busy(id) WHERE busy.id = waiting.user_id) AS place
        FROM waiting
    ),
    of_all AS (
        SELECT id, fails, place, oldest, row_number() OVER (PARTITION BY fails ORDER BY place, oldest) AS turn
        FROM of_person WHERE place <= %(of_person)s
    ),
    chosen AS (
        SELECT id FROM of_all WHERE turn <= %(failing_at_once)s OR NOT fails
        ORDER BY fails, place, oldest LIMIT %(free)s
    ),
    taken AS (
        DELETE FROM push_messages m USING chosen WHERE m.subscription_id = chosen.id
        RETURNING m.subscription_id, m.id, m.reference, m.made_at
    )
    SELECT subscription_id, reference FROM taken WHERE made_at >= %(fresh)s ORDER BY subscription_id, id
"""
"""People take turns, as those of webhooks do; a browser's results are all taken at once."""

News = Callable[[int, Sequence[UUID]], dict[str, str] | None]
"""What a push of these results says to their owner, in the language that is active: title, body, tag and url."""


@dataclass(frozen=True, slots=True)
class Push:
    """A request to a push service."""

    url: str
    body: bytes
    headers: dict[str, str]


def send_pushes(*, news: News, clock: Clock) -> int:
    """Push what waits, and return the number of pushes that were taken; nothing while another sender does.

    A subscription that has ended is deleted.
    """
    with hold_alone(LOCK) as is_alone:
        return send_in_turns(_Outbox(news), clock=clock) if is_alone else 0


class _Outbox:
    """The results that wait, and the subscriptions whose pushes are under way: one push a browser at a time."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._under_way: dict[int, PushSubscription] = {}

    def take(self, now: datetime, *, failing: bool) -> Mapping[UUID, Push]:
        waiting = _take(now, self._under_way, failing=failing)
        if not waiting:
            return {}
        try:
            key = push_key(now=now)
        except BrokenSeal:
            return {}
        pushes: dict[UUID, Push] = {}
        for id, subscription in PushSubscription.objects.select_related("user").in_bulk(list(waiting)).items():
            push = _push(subscription, waiting[id], self._news, key, now)
            if push is not None:
                pushes[UUID(int=id)], self._under_way[id] = push, subscription
        return pushes

    def note(self, id: UUID, answer: Answered, now: datetime) -> None:
        _note(self._under_way.pop(id.int), answer, now)


def _take(now: datetime, under_way: Mapping[int, PushSubscription], *, failing: bool) -> dict[int, list[UUID]]:
    """The waiting results by subscription; those that are too old are dropped."""
    params: dict[str, Any] = {
        **{"under_way": list(under_way), "people": [each.user_id for each in under_way.values()]},
        **{"free": AT_ONCE - len(under_way), "of_person": OF_PERSON, "failing_at_once": FAILING_AT_ONCE},
        **{"failing": failing, "fresh": now - FRESH},
    }
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(BY_INDEX)
        cursor.execute(TAKE, params)
        rows: list[tuple[int, UUID]] = cursor.fetchall()
    return {id: [reference for _, reference in group] for id, group in groupby(rows, key=itemgetter(0))}


def _push(
    subscription: PushSubscription, results: Sequence[UUID], news: News, key: EllipticCurvePrivateKey, now: datetime
) -> Push | None:
    user = subscription.user
    if not user.is_active:
        return None
    with translation.override(user.locale):
        told: dict[str, Any] | None = news(user.pk, results)
    if told is None:
        return None
    content = compact_json(told).encode()
    receiver, auth = bytes_of(subscription.receiver) or b"", bytes_of(subscription.auth) or b""
    body = encrypted(
        content, receiver=receiver, auth=auth, sender=generate_private_key(SECP256R1()), salt=os.urandom(16)
    )
    headers = {
        "Authorization": authorization(key, subscription.endpoint, subject=settings.SITE_URL, now=now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(FRESH.total_seconds())),
        "Urgency": "normal",
    }
    return Push(subscription.endpoint, body, headers)


def _note(subscription: PushSubscription, answer: Answered, now: datetime) -> None:
    """Delete a subscription that has ended, or has failed for days; note since when one fails."""
    with transaction.atomic(durable=True):
        kept = PushSubscription.objects.select_for_update().filter(pk=subscription.pk)
        current = kept.first()
        if current is None:
            return
        since = None if answer.is_success else current.failing_since or now
        if answer.status in ENDED or (since is not None and now - since >= FAILING_MAX):
            current.delete()
        elif since != current.failing_since:
            kept.update(failing_since=since)
