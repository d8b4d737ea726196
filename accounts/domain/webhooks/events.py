"""Webhooks: the events that a program is told of, the times of the tries, and the refusals."""

from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.errors import Refusal, mark

ENDPOINTS_MAX = 10
TRIES = (
    timedelta(0),
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after a try the next one comes, the first one at once: three days and three hours in all."""

FAILING_MAX = timedelta(days=5)
"""An endpoint that has taken nothing for so long is switched off."""

KEPT = timedelta(days=30)
"""A message stays in the log of its endpoint for so long."""


class Event(StrEnum):
    """What happened. TEST is sent by the button."""

    TRADE_SETTLED = "trade.settled"
    TRADE_CORRECTED = "trade.corrected"
    CLOSE_DECIDED = "close.decided"
    DEPOSIT_CREDITED = "deposit.credited"
    DEPOSIT_REFUSED = "deposit.refused"
    WITHDRAWAL_PAID = "withdrawal.paid"
    WITHDRAWAL_RETURNED = "withdrawal.returned"
    TEST = "webhook.test"


EVENTS = tuple(event for event in Event if event is not Event.TEST)
"""Those that an endpoint may ask for."""


class TooManyEndpoints(Refusal):
    code, status = "too-many-webhooks", 409
    title = mark("You have as many webhooks as one person may have: remove one first")


class EndpointOff(Refusal):
    code, status = "webhook-off", 409
    title = mark("This webhook is switched off: switch it on first")


def next_try(tries: int, now: datetime) -> datetime | None:
    """The time of the next try after so many; None when there is none left."""
    return now + TRIES[tries] if tries < len(TRIES) else None
