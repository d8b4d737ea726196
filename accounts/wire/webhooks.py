"""The JSON shape of webhooks and of their messages, and the news of the cashier."""

from uuid import UUID

from accounts.domain.notation import write_instant
from accounts.domain.webhooks.events import Event
from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.selectors.cashier.real_money import deposit_of, withdrawal_of
from accounts.wire import cashier


def endpoint(endpoint: WebhookEndpoint) -> dict[str, object]:
    """A webhook for its owner; never its secret."""
    return {
        "id": str(endpoint.pk),
        "url": endpoint.url,
        "events": endpoint.events,
        "made_at": write_instant(endpoint.made_at),
        "failing_since": write_instant(endpoint.failing_since) if endpoint.failing_since else None,
        "off_at": write_instant(endpoint.off_at) if endpoint.off_at else None,
    }


def message(message: WebhookMessage) -> dict[str, object]:
    """A message of a webhook with its last try."""
    return {
        "id": str(message.pk),
        "event": message.event,
        "reference": str(message.reference),
        "made_at": write_instant(message.made_at),
        "state": message.state,
        "tries": message.tries,
        "tried_at": write_instant(message.tried_at) if message.tried_at else None,
        "next_try_at": write_instant(message.next_try_at) if message.next_try_at else None,
        "status": message.status,
        "fault": message.fault,
    }


def news(event: Event, user_id: int, reference: UUID) -> dict[str, object] | None:
    """The present state of the deposit or withdrawal that an event is about; None for another event."""
    if event in (Event.DEPOSIT_CREDITED, Event.DEPOSIT_REFUSED):
        deposit = deposit_of(user_id, reference)
        return {"deposit": cashier.deposit(deposit)} if deposit else None
    if event in (Event.WITHDRAWAL_PAID, Event.WITHDRAWAL_RETURNED):
        withdrawal = withdrawal_of(user_id, reference)
        return {"withdrawal": cashier.withdrawal(withdrawal)} if withdrawal else None
    return {} if event is Event.TEST else None
