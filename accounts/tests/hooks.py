"""Webhooks of the cast, and the sender."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from accounts.domain.webhooks.events import Event
from accounts.models import WebhookMessage
from accounts.services.webhooks.make_endpoint import MadeEndpoint, make_endpoint
from accounts.services.webhooks.send_due_messages import send_due_messages
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook
from accounts.tests.cast import NOON, Person, standing


def made(person: Person, url: str, *events: Event) -> MadeEndpoint:
    return make_endpoint(user_id=person.user.pk, url=url, events=events or [Event.TRADE_SETTLED], now=NOON)


def tell(person: Person, reference: UUID | None = None, event: Event = Event.TRADE_SETTLED) -> None:
    with transaction.atomic():
        tell_by_webhook(event, [(person.user.pk, reference or uuid4())], now=NOON)


def send(at: datetime = NOON) -> tuple[int, int]:
    sent = send_due_messages(news=lambda event, user, reference: {"id": str(reference)}, clock=standing(at))
    return sent.tried, sent.delivered


def only() -> WebhookMessage:
    return WebhookMessage.objects.get()
