"""Messages of webhooks: stored with their event, sent signed, tried again, and given up after days."""

from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accounts.domain.errors import NotFound
from accounts.domain.json_text import read_json
from accounts.domain.webhooks.events import KEPT, TRIES, EndpointOff, Event
from accounts.models import WebhookMessage
from accounts.services.webhooks import send_due_messages as sending
from accounts.services.webhooks.prune_messages import prune_messages
from accounts.services.webhooks.remove_endpoint import remove_endpoint
from accounts.services.webhooks.send_test_message import send_test_message
from accounts.services.webhooks.switch_on_endpoint import switch_on_endpoint
from accounts.steps.outgoing.send_in_turns import Outbox
from accounts.steps.webhooks.claim_messages import LEASE, OF_ONE
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook
from accounts.tests.cast import NOON, Person, user_named
from accounts.tests.hooks import made, only, send, tell
from accounts.tests.receiver import Receiver, receiver
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_is_signed_by_the_standard_and_says_what_happened(carol: Person, taking: Receiver) -> None:
    endpoint, reference = made(carol, taking.url), uuid4()
    tell(carol, reference)
    now = datetime.now(NOON.tzinfo)
    assert send(now) == (1, 1)
    headers, content = taking.taken[0]
    Webhook(endpoint.secret).verify(content, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(content + b" ", headers)
    told = {"type": "trade.settled", "timestamp": "2026-03-01T12:00:00Z", "data": {"id": str(reference)}}
    assert read_json(content) == told
    assert headers["webhook-id"] == f"msg_{only().pk.hex}"
    assert headers["host"] == taking.url.split("/")[2]
    assert (only().state, only().status, only().tries) == ("delivered", 204, 1)
    assert send(now + timedelta(days=1)) == (0, 0)


def test_only_those_who_ask_for_an_event_are_told_and_each_once(carol: Person, taking: Receiver) -> None:
    made(carol, taking.url, Event.DEPOSIT_CREDITED)
    made(carol, taking.url)
    made(Person(user_named("dave")), taking.url)
    reference = uuid4()
    for _ in range(2):
        tell(carol, reference)
    assert send() == (1, 1)


def test_nothing_is_told_of_what_did_not_happen(carol: Person, taking: Receiver) -> None:
    made(carol, taking.url)
    with transaction.atomic():
        tell_by_webhook(Event.TRADE_SETTLED, [(carol.user.pk, uuid4())], now=NOON)
        transaction.set_rollback(True)
    assert send() == (0, 0)


def test_after_days_of_failure_it_is_switched_off_and_its_owner_gets_a_mail(
    carol: Person, mails: list[EmailMessage]
) -> None:
    with receiver(lambda exchange: exchange.answer(503)) as running:
        endpoint = made(carol, running.url).endpoint
        tell(carol)
        at = NOON
        while only().state == "waiting":
            at = only().next_try_at or at
            assert send(at) == (1, 0)
        assert (only().tries, only().fault) == (len(TRIES), "Service Unavailable")
        tell(carol)
        assert send(NOON + timedelta(days=5)) == (1, 0)
    endpoint.refresh_from_db()
    assert endpoint.off_at == NOON + timedelta(days=5)
    assert [mail.subject for mail in mails] == ["A webhook was made", "A webhook was switched off"]
    assert WebhookMessage.objects.filter(state="waiting").count() == 0
    tell(carol)
    assert WebhookMessage.objects.count() == 2
    with pytest.raises(EndpointOff):
        send_test_message(user_id=carol.user.pk, endpoint_id=endpoint.pk, now=NOON)
    assert switch_on_endpoint(user_id=carol.user.pk, endpoint_id=endpoint.pk).off_at is None


def test_a_success_forgives_the_failures_before(carol: Person) -> None:
    status = [500]
    with receiver(lambda exchange: exchange.answer(status[0])) as running:
        endpoint = made(carol, running.url).endpoint
        tell(carol)
        send()
        endpoint.refresh_from_db()
        assert endpoint.failing_since == NOON
        status[0] = 200
        assert send(NOON + timedelta(minutes=1)) == (1, 1)
    endpoint.refresh_from_db()
    assert endpoint.failing_since is None


def test_one_that_is_gone_is_switched_off_at_once(carol: Person) -> None:
    with receiver(lambda exchange: exchange.answer(410)) as running:
        endpoint = made(carol, running.url).endpoint
        tell(carol)
        send()
    endpoint.refresh_from_db()
    assert (endpoint.off_at, only().state) == (NOON, "failed")


def test_a_sender_that_dies_leaves_its_messages_to_the_next_one(
    carol: Person, taking: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(carol, taking.url)
    tell(carol)
    with monkeypatch.context() as dying:
        dying.setattr(sending, "send_in_turns", _die_after_taking)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert send(NOON + LEASE - timedelta(seconds=1)) == (0, 0)
    assert send(NOON + LEASE) == (1, 1)


def _die_after_taking(outbox: Outbox, **_: object) -> None:
    assert outbox.take(NOON, failing=True)
    raise KeyboardInterrupt


def test_two_senders_at_once_send_each_message_once(carol: Person, taking: Receiver) -> None:
    made(carol, taking.url)
    for _ in range(2 * OF_ONE):
        tell(carol)
    sent = at_once([partial(send, NOON) for _ in range(4)])
    assert all(isinstance(each, tuple) for each in sent), sent
    assert len({headers["webhook-id"] for headers, _ in taking.taken}) == len(taking.taken) == 2 * OF_ONE


def test_a_frozen_person_and_a_removed_hook_are_told_nothing(carol: Person, taking: Receiver) -> None:
    endpoint = made(carol, taking.url).endpoint
    tell(carol)
    carol.user.is_active, carol.user.frozen_at = False, NOON
    carol.user.save()
    assert send() == (0, 0)
    remove_endpoint(user_id=carol.user.pk, endpoint_id=endpoint.pk, now=NOON)
    assert (only().state, only().fault) == ("failed", "the webhook was removed")
    with pytest.raises(NotFound):
        remove_endpoint(user_id=carol.user.pk, endpoint_id=endpoint.pk, now=NOON)


def test_the_log_keeps_thirty_days(carol: Person, taking: Receiver) -> None:
    made(carol, taking.url)
    tell(carol)
    assert prune_messages(now=NOON + KEPT * 2) == 0
    send()
    assert prune_messages(now=NOON + KEPT) == 0
    assert prune_messages(now=NOON + KEPT + timedelta(seconds=1)) == 1
