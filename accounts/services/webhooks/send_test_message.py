from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.domain.identity import new_id
from accounts.domain.webhooks.events import EndpointOff, Event
from accounts.models import WebhookEndpoint, WebhookMessage


def send_test_message(*, user_id: int, endpoint_id: UUID, now: datetime) -> WebhookMessage:
    """Queue a message that says nothing, so that its program can be tried. Raises NotFound, EndpointOff."""
    with transaction.atomic(durable=True):
        endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id, user_id=user_id, removed_at=None).first()
        if endpoint is None:
            raise NotFound(str(endpoint_id))
        if endpoint.off_at is not None:
            raise EndpointOff
        id = new_id(now)
        return WebhookMessage.objects.create(
            id=id, endpoint=endpoint, event=Event.TEST, reference=id, made_at=now, next_try_at=now
        )
