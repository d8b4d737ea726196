"""Sends the waiting messages of webhooks: signed, at once and again after growing times, until they are taken."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from accounts.domain.channels import compact_json
from accounts.domain.moments import Clock
from accounts.domain.notation import write_instant
from accounts.domain.webhooks.events import FAILING_MAX, Event, next_try
from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.sealing import BrokenSeal, unseal
from accounts.steps.call_outgoing import Answered, call_outgoing
from accounts.steps.tell_by_mail import tell_by_mail
from accounts.steps.webhooks.give_up_messages import give_up_messages
from accounts.steps.webhooks.signed_call import Call

News = Callable[[Event, int, UUID], dict[str, object] | None]
GONE = 410
AT_ONCE, OF_ONE = 100, 20
"""Messages sent side by side: of all endpoints, and of one, so that a slow one holds up no other."""

NOTHING = Answered(None, "there is nothing to tell any more, or its secret can't be read")
LEASE = timedelta(minutes=2)
"""A sender that dies leaves its messages to the next one after this time: longer than any call takes."""

CLAIM = """
    WITH turn AS (
        SELECT m.id, m.next_try_at, row_number() OVER (PARTITION BY m.endpoint_id ORDER BY m.next_try_at, m.id) AS place
        FROM webhook_messages m JOIN webhook_endpoints e ON e.id = m.endpoint_id JOIN users u ON u.id = e.user_id
        WHERE m.state = 'waiting' AND m.next_try_at <= %(now)s AND u.is_active
          AND e.off_at IS NULL AND e.removed_at IS NULL
    ),
    taken AS (
        SELECT m.id FROM webhook_messages m JOIN turn ON turn.id = m.id
        WHERE turn.place <= %(of_one)s AND m.state = 'waiting' AND m.next_try_at <= %(now)s
        ORDER BY turn.next_try_at LIMIT %(at_once)s FOR UPDATE OF m SKIP LOCKED
    )
    UPDATE webhook_messages m SET next_try_at = %(until)s, tries = m.tries + 1, tried_at = %(now)s
    FROM taken WHERE m.id = taken.id RETURNING m.id
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """The number of messages that were tried, and of those that were taken."""

    tried: int
    delivered: int


def send_due_messages(*, news: News, clock: Clock) -> Sent:
    """Send what is due, each message once. `news` reads the content of an event of a person.

    A message may arrive twice, when its sender dies between the call and the note of it: its id stays the same.
    """
    messages = _claim(clock())
    calls = {message.pk: call for message in messages if (call := _call(message, news, clock())) is not None}
    answers = call_outgoing(calls, allowed=_own_networks())
    for message in messages:
        _note(message, answers.get(message.pk, NOTHING), clock())
    return Sent(len(messages), sum(answer.is_success for answer in answers.values()))


def _claim(now: datetime) -> Sequence[WebhookMessage]:
    params: dict[str, Any] = {"now": now, "until": now + LEASE, "of_one": OF_ONE, "at_once": AT_ONCE}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(CLAIM, params)
        ids = [id for (id,) in cursor.fetchall()]
    return list(WebhookMessage.objects.select_related("endpoint").filter(pk__in=ids).order_by("made_at", "id"))


def _call(message: WebhookMessage, news: News, now: datetime) -> Call | None:
    endpoint, event = message.endpoint, Event(message.event)
    data = news(event, endpoint.user_id, message.reference)
    try:
        secret = unseal(endpoint.encrypted_secret)
    except BrokenSeal:
        return None
    if data is None:
        return None
    told = {"type": event, "timestamp": write_instant(message.made_at), "data": data}
    return Call(message.pk, endpoint.url, secret, compact_json(told), now)


def _own_networks() -> Sequence[IPv4Network | IPv6Network]:
    networks: Sequence[IPv4Network | IPv6Network] = settings.WEBHOOK_NETWORKS
    return networks


def _note(message: WebhookMessage, answer: Answered, now: datetime) -> None:
    """Write the result down; switch the endpoint off when it is gone, or has failed for days."""
    with transaction.atomic(durable=True):
        endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=message.endpoint_id)
        later = None if answer.is_success or answer.status == GONE else next_try(message.tries, now)
        state = WebhookMessage.State.DELIVERED if answer.is_success else WebhookMessage.State.FAILED
        WebhookMessage.objects.filter(pk=message.pk, state=WebhookMessage.State.WAITING).update(
            state=state if later is None else WebhookMessage.State.WAITING,
            next_try_at=later,
            status=answer.status,
            fault=answer.fault,
        )
        endpoint.failing_since = None if answer.is_success else endpoint.failing_since or now
        too_long = endpoint.failing_since is not None and now - endpoint.failing_since >= FAILING_MAX
        if endpoint.off_at is None and (answer.status == GONE or too_long):
            _switch_off(endpoint, now)
        endpoint.save(update_fields=["failing_since", "off_at"])


def _switch_off(endpoint: WebhookEndpoint, now: datetime) -> None:
    endpoint.off_at = now
    give_up_messages(endpoint.pk, "the webhook was switched off")
    tell_by_mail(endpoint.user_id, "webhook_off", host=urlsplit(endpoint.url).netloc)
