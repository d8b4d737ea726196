"""Messages of webhooks: stored with their event, sent signed, tried again, and given up after days."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.mail import EmailMessage
from django.db import transaction
from pytest_django import Settings
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from accounts.domain.errors import NotFound
from accounts.domain.json_text import read_json
from accounts.domain.webhooks.events import KEPT, TRIES, EndpointOff, Event
from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.services.webhooks import send_due_messages as sending
from accounts.services.webhooks.make_endpoint import MadeEndpoint, make_endpoint
from accounts.services.webhooks.prune_messages import prune_messages
from accounts.services.webhooks.remove_endpoint import remove_endpoint
from accounts.services.webhooks.send_due_messages import LEASE, OF_ONE, send_due_messages
from accounts.services.webhooks.send_test_message import send_test_message
from accounts.services.webhooks.switch_on_endpoint import switch_on_endpoint
from accounts.steps.webhooks import call_endpoints
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook
from accounts.tests.cast import NOON, Person, standing, user_named
from accounts.tests.receiver import Exchange, Receiver, receiver
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def carol(db: None) -> Person:
    return Person(user_named("carol"))


@pytest.fixture(autouse=True)
def _own_network(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def taking() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def made(person: Person, url: str, *events: Event) -> MadeEndpoint:
    return make_endpoint(user_id=person.user.pk, url=url, events=events or [Event.TRADE_SETTLED], now=NOON)


def tell(person: Person, reference: UUID | None = None, event: Event = Event.TRADE_SETTLED) -> None:
    with transaction.atomic():
        tell_by_webhook(event, [(person.user.pk, reference or uuid4())], now=NOON)


def send(at: datetime = NOON) -> tuple[int, int]:
    sent = send_due_messages(news=lambda event, user, reference: {"id": str(reference)}, clock=standing(at))
    return sent.tried, sent.delivered


def only() -> WebhookMessage:
    return WebhookMessage.objects.get()


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


BAD: dict[str, tuple[Callable[[Exchange], None], int | None, str]] = {
    "fails": (lambda exchange: exchange.answer(500), 500, "Internal Server Error"),
    "redirects": (
        lambda exchange: exchange.answer(307, Location="http://127.0.0.1:1/"), 307, "a redirect isn't followed"
    ),
    "hangs": (Exchange.hang, None, "no answer within 10 seconds"),
    "breaks off": (lambda exchange: exchange.connection.close(), None, "RemoteProtocolError"),
    "says no HTTP": (lambda exchange: exchange.wfile.write(b"hello\r\n\r\n") and None, None, "RemoteProtocolError"),
}  # fmt: skip


@pytest.mark.parametrize("way", BAD)
def test_a_receiver_that_does_not_take_it_gets_it_again_later_each_time(
    carol: Person, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_endpoints, "SECONDS_MAX", 0.5)
    answer, status, fault = BAD[way]
    with receiver(answer) as running:
        made(carol, running.url)
        tell(carol)
        at = NOON
        for number, pause in enumerate(TRIES[1:3], start=1):
            assert send(at) == (1, 0)
            message = only()
            assert (message.state, message.tries, message.status, message.fault) == ("waiting", number, status, fault)
            assert message.next_try_at == at + pause
            assert send(at + pause - timedelta(seconds=1)) == (0, 0)
            at += pause
        assert len(running.taken) == 2
        assert len({headers["webhook-id"] for headers, _ in running.taken}) == 1


def test_an_answer_without_an_end_and_one_that_lies_about_its_length_are_taken_by_their_status(carol: Person) -> None:
    for answer in (Exchange.drip, lambda exchange: exchange.answer(200, b"x", length="10")):
        with receiver(answer) as running:
            made(carol, running.url)
            tell(carol)
            assert send()[1] == 1
        WebhookMessage.objects.all().delete()
        WebhookEndpoint.objects.all().delete()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1"])
def test_no_name_of_this_machine_is_called(carol: Person, host: str, settings: Settings, taking: Receiver) -> None:
    settings.WEBHOOK_NETWORKS = []
    made(carol, f"https://{host}:{taking.port}/")
    tell(carol)
    assert send() == (1, 0)
    assert taking.taken == []
    assert only().fault in ("the host has an address that isn't public", "the host isn't known")


def test_a_name_is_resolved_once_and_the_call_goes_there(
    carol: Person, taking: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name whose second answer is another address, as an attacker's would be."""
    asked: list[str] = []

    async def addresses(url: Any) -> list[str]:
        asked.append(url.host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    monkeypatch.setattr(call_endpoints, "_addresses", addresses)
    made(carol, f"http://rebinding.example:{taking.port}/hook")
    tell(carol)
    assert send() == (1, 1)
    assert asked == ["rebinding.example"]
    assert taking.taken[0][0]["host"] == f"rebinding.example:{taking.port}"


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
        dying.setattr(sending, "call_endpoints", _die)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert send(NOON + LEASE - timedelta(seconds=1)) == (0, 0)
    assert send(NOON + LEASE) == (1, 1)


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_two_senders_at_once_send_each_message_once(carol: Person, taking: Receiver) -> None:
    made(carol, taking.url)
    for _ in range(OF_ONE):
        tell(carol)
    sent = at_once([partial(send, NOON) for _ in range(4)])
    assert all(isinstance(each, tuple) for each in sent), sent
    assert len({headers["webhook-id"] for headers, _ in taking.taken}) == len(taking.taken) == OF_ONE


def test_a_hook_with_many_messages_holds_up_no_other(carol: Person, taking: Receiver) -> None:
    dave = Person(user_named("dave"))
    made(carol, taking.url)
    made(dave, taking.url)
    for _ in range(OF_ONE + 5):
        tell(carol)
    tell(dave)
    assert send() == (OF_ONE + 1, OF_ONE + 1)
    assert send() == (5, 5)


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
