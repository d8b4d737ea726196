from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.models import WebhookEndpoint
from accounts.steps.webhooks.give_up_messages import give_up_messages


def remove_endpoint(*, user_id: int, endpoint_id: UUID, now: datetime) -> None:
    """Remove a person's webhook for ever: nothing more is sent to it. Raises NotFound."""
    with transaction.atomic(durable=True):
        found = WebhookEndpoint.objects.filter(pk=endpoint_id, user_id=user_id, removed_at=None)
        if not found.update(removed_at=now):
            raise NotFound(str(endpoint_id))
        give_up_messages(endpoint_id, "the webhook was removed")
