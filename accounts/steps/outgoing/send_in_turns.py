"""Sends messages to strangers' addresses: while one of them doesn't answer, the messages of others go on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings

from accounts.domain.moments import Clock
from accounts.steps.outgoing.calls import Answered, Calls, Outgoing

PAUSE_SECONDS = 1.0
"""While calls are under way, new messages are taken so often at least."""

TAKES_FOR = timedelta(seconds=11)
"""A run takes no new messages after this time. With the last call it ends before a stopped process must."""


class Outbox(Protocol):
    """Messages that wait. Both methods open transactions of their own."""

    def take(self, now: datetime, *, failing: bool) -> Mapping[UUID, Outgoing]:
        """Claim what is due and return the calls; without `failing` for receivers alone that answered last time."""

    def note(self, id: UUID, answer: Answered, now: datetime) -> None:
        """Write the answer down."""


def send_in_turns(outbox: Outbox, *, clock: Clock) -> int:
    """Send until nothing is due or the run's time is over, and return the number of messages that were taken.

    Receivers that failed last time have one chance, at the beginning: so a run of many waits ten seconds for them,
    while it goes on with the others.
    """
    began, delivered, failing = clock(), 0, True
    with Calls(allowed=settings.WEBHOOK_NETWORKS) as calls:
        while True:
            now = clock()
            if abs(now - began) < TAKES_FOR:  # also after a step of the clock
                calls.begin(outbox.take(now, failing=failing))
            if not calls:
                return delivered
            failing = False
            for id, answer in calls.ended(PAUSE_SECONDS).items():
                outbox.note(id, answer, clock())
                delivered += answer.is_success
