from uuid import UUID

from accounts.models import WebhookMessage


def give_up_messages(endpoint_id: UUID, fault: str) -> None:
    """Try no more to send the waiting messages of a webhook. Inside the caller's transaction."""
    waiting = WebhookMessage.objects.filter(endpoint_id=endpoint_id, state=WebhookMessage.State.WAITING)
    waiting.update(state=WebhookMessage.State.FAILED, next_try_at=None, fault=fault)
