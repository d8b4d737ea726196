"""Receivers that answer late hold up nobody else's messages, and no second slot of the worker."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from threading import Event as Flag
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.domain.webhooks.events import Event
from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.services.webhooks import send_due_messages as sending
from accounts.services.webhooks.send_due_messages import send_due_messages
from accounts.steps.hold_alone import NOTICED_GONE, hold_alone
from accounts.steps.outgoing import calls
from accounts.steps.outgoing.send_in_turns import TAKES_FOR
from accounts.steps.webhooks import claim_messages as claiming
from accounts.steps.webhooks.claim_messages import OF_HOST, OF_ONE, OF_PERSON, claim_messages
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook
from accounts.tests.cast import NOON, Person, standing, user_named
from accounts.tests.hooks import made, send, tell
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.plans import plans_of
from accounts.tests.receiver import Exchange, Receiver, receiver
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def claimed(*, failing: bool = True) -> Counter[str]:
    """The hosts of the messages that a claim takes."""
    with transaction.atomic():
        taken = claim_messages(NOON, failing=failing)
    return Counter(message.endpoint.url.split("/")[2] for message in taken)


def test_while_one_hangs_the_news_that_come_then_are_told_to_others(
    carol: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hanging call ends when the other's receiver has taken its message, which was stored after that call began."""
    monkeypatch.setattr(calls, "SECONDS_MAX", float(PATIENCE_SECONDS))
    dave, told = Person(user_named("dave")), Flag()

    def hang(exchange: Exchange) -> None:
        tell(dave)
        told.wait(PATIENCE_SECONDS)
        exchange.answer(204)

    def take(exchange: Exchange) -> None:
        told.set()
        exchange.answer(204)

    with receiver(hang) as late, receiver(take) as prompt:
        made(carol, late.url)
        made(dave, prompt.url)
        tell(carol)
        assert send() == (2, 2)
        assert len(prompt.taken) == 1


def test_a_second_sender_returns_at_once(carol: Person, taking: Receiver) -> None:
    made(carol, taking.url)
    tell(carol)
    with hold_alone(sending.LOCK) as is_alone:
        assert is_alone
        assert at_once([send]) == [(0, 0)]
    assert send() == (1, 1)


@pytest.mark.parametrize("fault", [None, RuntimeError])
def test_a_connection_is_given_back_as_it_was(fault: type[RuntimeError] | None) -> None:
    def keepalives() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [list(NOTICED_GONE)])
            return [setting for (setting,) in cursor.fetchall()]

    before = keepalives()
    with suppress(RuntimeError), hold_alone(sending.LOCK):
        if fault:
            raise fault
    assert keepalives() == before


def test_a_backlog_of_any_length_is_not_read(carol: Person) -> None:
    """A claim reads the first messages of each endpoint, not those behind them."""
    for number in range(3):
        made(carol, f"http://127.0.0.1:4000/{number}")
    with transaction.atomic():
        tell_by_webhook(Event.TRADE_SETTLED, [(carol.user.pk, uuid4()) for _ in range(300)], now=NOON)
    (claim,) = (plan for plan in plans_of(claimed) if "RECURSIVE" in plan.statement)
    assert 0 < claim.rows[WebhookMessage._meta.db_table] <= 3 * (OF_ONE + 1) + 3 * OF_PERSON


def test_many_that_failed_leave_room_for_others(carol: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "FAILING_AT_ONCE", 2)
    for number in range(4):
        made(carol, f"http://127.0.0.1:{4000 + number}/")
    WebhookEndpoint.objects.update(failing_since=NOON)
    tell(carol)
    assert claimed().total() == 2


def test_a_person_a_host_and_an_endpoint_have_bounds_also_with_the_messages_under_way(carol: Person) -> None:
    people = [carol, *(Person(user_named(name)) for name in ("dave", "erin"))]
    for person in people:
        for number in range(4):
            made(person, f"http://127.0.0.1:4000/{number}")
    heidi = Person(user_named("heidi"))
    made(heidi, "http://127.0.0.1:4001/")
    for _ in range(OF_ONE):
        tell(carol)
    assert claimed() == {"127.0.0.1:4000": OF_PERSON}
    assert claimed() == {}
    for _ in range(OF_ONE + 1):
        for person in (*people, heidi):
            tell(person)
    assert claimed() == {"127.0.0.1:4000": OF_HOST - OF_PERSON, "127.0.0.1:4001": OF_ONE}
    assert claimed() == {}


def test_those_that_failed_come_one_at_a_time_after_the_others_and_at_the_beginning_alone(carol: Person) -> None:
    made(carol, "http://127.0.0.1:4000/")
    WebhookEndpoint.objects.update(failing_since=NOON)
    for _ in range(OF_ONE):
        tell(carol)
    assert claimed(failing=False) == {}
    assert claimed() == {"127.0.0.1:4000": 1}
    made(carol, "http://127.0.0.1:4001/")
    for _ in range(OF_ONE):
        tell(carol)
    assert claimed() == {"127.0.0.1:4001": OF_ONE}


def test_a_run_takes_no_new_messages_after_its_time(carol: Person, taking: Receiver) -> None:
    made(carol, taking.url)
    tell(carol)
    moments = iter([NOON, NOON])

    def news(*_: object) -> dict[str, object]:
        tell(carol)
        return {}

    sent = send_due_messages(news=news, clock=lambda: next(moments, NOON + TAKES_FOR))
    assert (sent.tried, sent.delivered) == (1, 1)
    assert send_due_messages(news=lambda *_: {}, clock=standing(NOON + timedelta(minutes=1))).tried == 1
