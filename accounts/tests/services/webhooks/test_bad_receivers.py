"""Receivers of webhooks that fail, hang, redirect and lie, and hosts that lead into the operator's own network."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from accounts.domain.webhooks.events import TRIES
from accounts.models import WebhookEndpoint, WebhookMessage
from accounts.steps.outgoing import calls
from accounts.tests.cast import NOON, Person
from accounts.tests.hooks import made, only, send, tell
from accounts.tests.receiver import Exchange, Receiver, receiver

pytestmark = pytest.mark.django_db(transaction=True)

BAD: dict[str, tuple[Callable[[Exchange], None], int | None, str]] = {
    "fails": (lambda exchange: exchange.answer(500), 500, "Internal Server Error"),
    "redirects": (
        lambda exchange: exchange.answer(307, Location="http://127.0.0.1:1/"), 307, "a redirect isn't followed"
    ),
    "hangs": (Exchange.hang, None, "no answer within 10 seconds"),
    "breaks off": (lambda exchange: exchange.connection.close(), None, "RemoteProtocolError"),
    "says no HTTP": (Exchange.babble, None, "RemoteProtocolError"),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("way", BAD)
def test_a_receiver_that_does_not_take_it_gets_it_again_later_each_time(
    carol: Person, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, status, fault = BAD[way]
    if status is None:
        monkeypatch.setattr(calls, "SECONDS_MAX", 2.0)
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
    """The name of a webhook may lead elsewhere than on the day it was registered."""
    settings.WEBHOOK_NETWORKS = []
    made(carol, "https://bot.example/")
    WebhookEndpoint.objects.update(url=f"https://{host}:{taking.port}/")
    tell(carol)
    assert send() == (1, 0)
    assert taking.taken == []
    assert only().fault in ("the host has an address that isn't public", "the host isn't known")


def test_a_name_is_resolved_once_and_the_call_goes_there(
    carol: Person, taking: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name whose second answer is another address, as an attacker's would be."""
    asked: list[str] = []

    async def addresses(url: Any, _: object) -> list[str]:
        asked.append(url.host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    monkeypatch.setattr(calls, "_addresses", addresses)
    made(carol, f"http://rebinding.example:{taking.port}/hook")
    tell(carol)
    assert send() == (1, 1)
    assert asked == ["rebinding.example"]
    assert taking.taken[0][0]["host"] == f"rebinding.example:{taking.port}"
