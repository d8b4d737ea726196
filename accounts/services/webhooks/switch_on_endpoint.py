from uuid import UUID

from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.models import WebhookEndpoint


def switch_on_endpoint(*, user_id: int, endpoint_id: UUID) -> WebhookEndpoint:
    """Switch a person's webhook on again, with news from now on. Raises NotFound."""
    with transaction.atomic(durable=True):
        found = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id, user_id=user_id)
        endpoint = found.filter(removed_at=None).first()
        if endpoint is None:
            raise NotFound(str(endpoint_id))
        endpoint.off_at = endpoint.failing_since = None
        endpoint.save(update_fields=["off_at", "failing_since"])
    return endpoint
