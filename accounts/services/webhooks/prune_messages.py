from datetime import datetime

from django.db import transaction

from accounts.domain.webhooks.events import KEPT
from accounts.models import WebhookMessage

BATCH = 5_000


def prune_messages(*, now: datetime) -> int:
    """Delete messages that have left the log of their webhook, a batch at a time; returns their number."""
    old = WebhookMessage.objects.filter(made_at__lt=now - KEPT).exclude(state=WebhookMessage.State.WAITING)
    with transaction.atomic(durable=True):
        deleted, _ = WebhookMessage.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()
    return deleted
