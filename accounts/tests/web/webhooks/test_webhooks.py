"""The pages of webhooks."""

from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import User, WebhookEndpoint, WebhookMessage
from accounts.services.webhooks.make_endpoint import make_endpoint
from accounts.tests.cast import NOON, Person, user_named

pytestmark = pytest.mark.django_db
PATH, HOOK = "/account/webhooks/", "https://bot.example/hook"


@pytest.fixture
def carol(db: None) -> Person:
    return Person(user_named("carol"))


@pytest.fixture
def page(carol: Person) -> Client:
    client = Client()
    client.force_login(carol.user)
    return client


def endpoint(person: Person) -> WebhookEndpoint:
    url, events = "https://bot.example/hook", ["trade.settled", "deposit.credited"]
    return make_endpoint(user_id=person.user.pk, url=url, events=events, now=NOON).endpoint


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_new_one_shows_its_secret_once(page: Client, carol: Person) -> None:
    wish = {"url": HOOK, "events": ["trade.settled"]}
    made = page.post(PATH, wish).content.decode()
    assert "whsec_" in made
    stored = WebhookEndpoint.objects.get()
    assert (stored.url, stored.events, stored.user_id) == (HOOK, ["trade.settled"], carol.user.pk)
    assert "whsec_" not in stored.encrypted_secret
    for path in (PATH, f"{PATH}{stored.pk}/"):
        assert "whsec_" not in text(page, path)
        assert HOOK in text(page, path)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"url": "ftp://bot.example", "events": ["trade.settled"]}, "This is no address"),
        ({"url": "https://[::ffff:10.0.0.1]/", "events": ["trade.settled"]}, "public addresses are called: this one"),
        ({"url": "https://bot.example/"}, "Choose at least one."),
        ({"url": "", "events": ["trade.settled"]}, "This field is required."),
    ],
)
def test_a_fault_stands_at_its_field(page: Client, wish: dict[str, object], said: str) -> None:
    assert said in page.post(PATH, wish).content.decode()
    assert WebhookEndpoint.objects.count() == 0


def test_ten_are_enough(page: Client, carol: Person) -> None:
    for _ in range(10):
        endpoint(carol)
    assert "remove one first" in text(page, PATH)
    assert (
        "remove one first"
        in page.post(PATH, {"url": "https://b.example/", "events": ["trade.settled"]}).content.decode()
    )
    assert WebhookEndpoint.objects.count() == 10


def test_a_test_appears_in_the_log(page: Client, carol: Person) -> None:
    one = endpoint(carol)
    with time_machine.travel(NOON, tick=False):
        assert page.post(f"{PATH}{one.pk}/test/")["Location"] == f"{PATH}{one.pk}/"
        assert "webhook.test" in text(page, f"{PATH}{one.pk}/")
    WebhookMessage.objects.update(state="failed", next_try_at=None, status=503, fault="Service Unavailable", tries=11)
    assert "503 Service Unavailable" in text(page, f"{PATH}{one.pk}/")
    User.objects.update(locale="ko")
    assert "실패" in text(page, f"{PATH}{one.pk}/")


def test_one_that_is_off_can_be_switched_on_and_removed(page: Client, carol: Person) -> None:
    one = endpoint(carol)
    WebhookEndpoint.objects.update(off_at=NOON, failing_since=NOON)
    assert "Switch on" in text(page, f"{PATH}{one.pk}/")
    page.post(f"{PATH}{one.pk}/on/")
    assert "Send a test" in text(page, f"{PATH}{one.pk}/")
    assert page.post(f"{PATH}{one.pk}/remove/")["Location"] == PATH
    assert page.get(f"{PATH}{one.pk}/").status_code == 404


@pytest.mark.parametrize("action", ["", "test/", "on/", "remove/"])
def test_what_belongs_to_others_is_not_there(page: Client, action: str) -> None:
    other = endpoint(Person(user_named("dave")))
    for id in (other.pk, uuid4()):
        send = page.post if action else page.get
        assert send(f"{PATH}{id}/{action}").status_code == 404
    other.refresh_from_db()
    assert other.removed_at is None


def test_visitors_sign_in_first() -> None:
    assert Client().get(PATH)["Location"].startswith("/accounts/login/")
