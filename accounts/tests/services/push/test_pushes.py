"""Pushes, against a push service of this machine that takes them as a real one does."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from ipaddress import ip_network
from uuid import UUID, uuid4

import jwt
import pytest
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.db import transaction
from django.test import Client
from django.utils import translation
from jwt.types import Options
from pytest_django import Settings

from accounts.domain.errors import InvalidInput, NotFound
from accounts.domain.push.subscriptions import DEVICES_MAX
from accounts.models import PushMessage, PushSubscription
from accounts.services.access.sign_out import sign_out
from accounts.services.people.change_settings import change_settings
from accounts.services.push.end_pushes import end_pushes
from accounts.services.push.offer_pushes import offer_pushes
from accounts.services.push.send_pushes import FAILING_MAX, FRESH, send_pushes
from accounts.services.push.subscribe_to_pushes import subscribe_to_pushes
from accounts.steps.push.tell_by_push import tell_by_push
from accounts.tests.cast import NOON, Person, standing, user_named
from accounts.tests.outside.browsers import Browser, unbase64url
from accounts.tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_network(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.SITE_URL = "https://flash.example"


@pytest.fixture
def carol() -> Person:
    return Person(user_named("carol"))


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person.user)
    client.get("/settings/notifications/")
    key = client.session.session_key
    assert key
    if not UserSession.objects.filter(session_key=key).exists():
        UserSession.objects.create(user=person.user, session_key=key, ip="127.0.0.1", user_agent="Firefox")
    return key


def subscribed(person: Person, url: str) -> Browser:
    browser = Browser(url)
    subscribe_to_pushes(user_id=person.user.pk, session_key=session_of(person), given=browser.subscription, now=NOON)
    return browser


def tell(person: Person, *results: UUID) -> None:
    with transaction.atomic():
        tell_by_push([(person.user.pk, each) for each in results or [uuid4()]], now=NOON)


def news(user_id: int, results: Sequence[UUID]) -> dict[str, str]:
    return {"title": f"{len(results)} {translation.get_language()}", "body": "BTC-USDT", "tag": "results", "url": "/"}


def send(after: timedelta = timedelta()) -> int:
    return send_pushes(news=news, clock=standing(NOON + after))


def test_a_browser_reads_its_results_in_one_message(carol: Person) -> None:
    with receiver(lambda exchange: exchange.answer(201)) as service:
        browser = subscribed(carol, service.url)
        tell(carol, uuid4(), uuid4())
        assert send() == 1
        ((headers, body),) = service.taken
    assert browser.told(body) == {"title": "2 en", "body": "BTC-USDT", "tag": "results", "url": "/"}
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "300")
    assert b"BTC" not in body
    assert send() == 0
    assert not PushMessage.objects.exists()


def test_the_platform_names_itself_by_its_key(carol: Person) -> None:
    with receiver(lambda exchange: exchange.answer(201)) as service:
        subscribed(carol, service.url)
        tell(carol)
        send()
        ((headers, _),) = service.taken
    token, key = headers["authorization"].removeprefix("vapid t=").split(", k=")
    assert key == offer_pushes(now=NOON)
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), unbase64url(key))
    audience, unexpired = service.url.removesuffix("/hook"), Options(verify_exp=False)  # it is noon of a past day
    claims = jwt.decode(token, public, ["ES256"], audience=audience, options=unexpired)
    assert claims["sub"] == "https://flash.example"
    assert claims["exp"] == int((NOON + timedelta(hours=12)).timestamp())


def test_each_reads_it_in_their_language(carol: Person) -> None:
    change_settings(user_id=carol.user.pk, changes={"locale": "ko"})
    with receiver(lambda exchange: exchange.answer(201)) as service:
        browser = subscribed(carol, service.url)
        tell(carol)
        send()
        ((_, body),) = service.taken
    assert browser.told(body)["title"] == "1 ko"


def test_only_its_owner_hears_of_a_result(carol: Person) -> None:
    dave = Person(user_named("dave"))
    with receiver(lambda exchange: exchange.answer(201)) as service:
        subscribed(carol, service.url)
        tell(dave)
        assert send() == 0
        assert service.taken == []


@pytest.mark.parametrize("status", [HTTPStatus.NOT_FOUND, HTTPStatus.GONE])
def test_a_browser_that_has_ended_is_forgotten(carol: Person, status: int) -> None:
    with receiver(lambda exchange: exchange.answer(status)) as service:
        subscribed(carol, service.url)
        tell(carol)
        assert send() == 0
    assert not PushSubscription.objects.exists()


def test_a_service_that_fails_for_days_is_given_up(carol: Person) -> None:
    with receiver(lambda exchange: exchange.answer(503)) as service:
        subscribed(carol, service.url)
        tell(carol)
        send()
        assert PushSubscription.objects.get().failing_since == NOON
        PushSubscription.objects.update(failing_since=NOON - FAILING_MAX)
        tell(carol)
        send()
    assert not PushSubscription.objects.exists()


def test_one_that_works_again_has_not_failed(carol: Person) -> None:
    with receiver(lambda exchange: exchange.answer(201)) as service:
        subscribed(carol, service.url)
        PushSubscription.objects.update(failing_since=NOON)
        tell(carol)
        send()
    assert PushSubscription.objects.get().failing_since is None


def test_an_old_result_is_no_news(carol: Person) -> None:
    with receiver(lambda exchange: exchange.answer(201)) as service:
        subscribed(carol, service.url)
        tell(carol)
        assert send(FRESH + timedelta(seconds=1)) == 0
        assert service.taken == []
    assert not PushMessage.objects.exists()


def test_a_network_of_the_operator_is_not_called(carol: Person, settings: Settings) -> None:
    with receiver(lambda exchange: exchange.answer(201)) as service:
        subscribed(carol, service.url)
        settings.WEBHOOK_NETWORKS = []
        tell(carol)
        assert send() == 0
        assert service.taken == []
        with pytest.raises(InvalidInput):
            subscribed(carol, service.url)


def test_it_ends_with_its_session(carol: Person) -> None:
    session = session_of(carol)
    given = Browser("https://push.example/1").subscription
    subscribe_to_pushes(user_id=carol.user.pk, session_key=session, given=given, now=NOON)
    sign_out(user_id=carol.user.pk, session_key=session)
    assert not PushSubscription.objects.exists()
    with pytest.raises(NotFound):
        subscribe_to_pushes(user_id=carol.user.pk, session_key=session, given=given, now=NOON)


def test_a_browser_belongs_to_who_used_it_last(carol: Person) -> None:
    dave, browser = Person(user_named("dave")), Browser("https://push.example/1")
    for person in (carol, dave):
        given = browser.subscription
        subscribe_to_pushes(user_id=person.user.pk, session_key=session_of(person), given=given, now=NOON)
    assert PushSubscription.objects.get().user_id == dave.user.pk


def test_a_further_browser_takes_the_place_of_the_oldest(carol: Person) -> None:
    session = session_of(carol)
    for number in range(DEVICES_MAX + 1):
        given = Browser(f"https://push.example/{number}").subscription
        at = NOON + timedelta(seconds=number)
        subscribe_to_pushes(user_id=carol.user.pk, session_key=session, given=given, now=at)
    endpoints = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert endpoints == {f"https://push.example/{number}" for number in range(1, DEVICES_MAX + 1)}


def test_nobody_ends_the_browser_of_another(carol: Person) -> None:
    subscribed(carol, "https://push.example/1")
    dave, kept = Person(user_named("dave")), PushSubscription.objects.get()
    end_pushes(user_id=dave.user.pk, subscription_id=kept.pk)
    assert PushSubscription.objects.exists()
    end_pushes(user_id=carol.user.pk, subscription_id=kept.pk)
    assert not PushSubscription.objects.exists()


GOOD = Browser("https://push.example/1").subscription


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "endpoint"),
        (GOOD | {"endpoint": 7}, "endpoint"),
        (GOOD | {"endpoint": "ftp://push.example/1"}, "endpoint"),
        (GOOD | {"endpoint": "https://me:secret@push.example/1"}, "endpoint"),
        (GOOD | {"endpoint": "https://10.0.0.1/1"}, "endpoint"),
        (GOOD | {"keys": None}, "keys.p256dh"),
        (GOOD | {"keys": GOOD["keys"] | {"p256dh": "AAAA"}}, "keys.p256dh"),
        (GOOD | {"keys": GOOD["keys"] | {"auth": "AAAA"}}, "keys.auth"),
        (GOOD | {"keys": GOOD["keys"] | {"auth": "é"}}, "keys.auth"),
    ],
)
def test_what_is_no_subscription_is_refused(carol: Person, given: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        subscribe_to_pushes(user_id=carol.user.pk, session_key=session_of(carol), given=given, now=NOON)
    assert [each.field for each in refused.value.fields] == [field]
    assert not PushSubscription.objects.exists()


def test_the_key_stays_the_same() -> None:
    assert offer_pushes(now=NOON) == offer_pushes(now=NOON + timedelta(days=1))
