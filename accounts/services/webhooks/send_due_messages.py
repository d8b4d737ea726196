"""Sends the waiting messages of webhooks: signed, at once and again after growing times, until they are taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction

from accounts.domain.channels import compact_json
from accounts.domain.errors import mark
from accounts.domain.moments import Clock
from accounts.domain.notation import write_instant
from accounts.domain.webhooks.events import FAILING_MAX, Event, next_try
from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.sealing import BrokenSeal, unseal
from accounts.steps.hold_alone import hold_alone
from accounts.steps.outgoing.calls import Answered
from accounts.steps.outgoing.send_in_turns import send_in_turns
from accounts.steps.tell_by_mail import tell_by_mail
from accounts.steps.webhooks.claim_messages import claim_messages
from accounts.steps.webhooks.give_up_messages import give_up_messages
from accounts.steps.webhooks.signed_call import Call

News = Callable[[Event, int, UUID], dict[str, object] | None]
GONE = 410
LOCK = 0x484F4F4B
"""The key of an advisory lock ("HOOK"): one sender at a time, so that they hold one slot of the worker together."""

NOTHING = Answered(None, mark("there is nothing to tell any more, or its secret can't be read"))


@dataclass(frozen=True, slots=True)
class Sent:
    """The number of messages that were tried, and of those that were taken."""

    tried: int
    delivered: int


def send_due_messages(*, news: News, clock: Clock) -> Sent:
    """Send what is due, each message once; nothing while another sender does. `news` reads an event of a person.

    A message may arrive twice, when its sender dies between the call and the note of it: its id stays the same.
    """
    box = _Outbox(news)
    with hold_alone(LOCK) as is_alone:
        delivered = send_in_turns(box, clock=clock) if is_alone else 0
    return Sent(box.tried, delivered)


class _Outbox:
    """The waiting messages, and those under way."""

    def __init__(self, news: News) -> None:
        self._news, self.tried = news, 0
        self._under_way: dict[UUID, WebhookMessage] = {}

    def take(self, now: datetime, *, failing: bool) -> Mapping[UUID, Call]:
        calls = {}
        with transaction.atomic(durable=True):
            messages = claim_messages(now, failing=failing)
        for message in messages:
            self.tried += 1
            call = _call(message, self._news, now)
            if call is None:
                _note(message, NOTHING, now)
            else:
                calls[message.pk], self._under_way[message.pk] = call, message
        return calls

    def note(self, id: UUID, answer: Answered, now: datetime) -> None:
        _note(self._under_way.pop(id), answer, now)


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
