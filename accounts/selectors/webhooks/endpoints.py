from uuid import UUID

from accounts.models import WebhookEndpoint, WebhookMessage


def endpoints_of(user_id: int) -> list[WebhookEndpoint]:
    """Returns a person's webhooks that aren't removed, newest first."""
    return list(WebhookEndpoint.objects.filter(user_id=user_id, removed_at=None).order_by("-made_at", "-id"))


def endpoint_of(user_id: int, endpoint_id: UUID) -> WebhookEndpoint | None:
    """Returns a person's own webhook, unless it is removed."""
    return WebhookEndpoint.objects.filter(pk=endpoint_id, user_id=user_id, removed_at=None).first()


def messages_of(endpoint: WebhookEndpoint, *, limit: int) -> list[WebhookMessage]:
    """Returns the newest messages of a webhook, and with them the tries."""
    return list(WebhookMessage.objects.filter(endpoint=endpoint).order_by("-made_at", "-id")[:limit])
