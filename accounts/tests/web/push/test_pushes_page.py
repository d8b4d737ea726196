import json

import pytest
from django.test import Client

from accounts.models import PushSubscription
from accounts.tests.cast import PASSWORD, Person, user_named
from accounts.tests.outside.browsers import Browser

pytestmark = pytest.mark.django_db
PATH = "/settings/notifications/"


@pytest.fixture
def page() -> Client:
    client = Client()
    person = Person(user_named("carol"))
    client.post("/accounts/login/", {"login": person.user.email, "password": PASSWORD})
    return client


def post(client: Client, content: object) -> int:
    text = content if isinstance(content, str) else json.dumps(content)
    return client.post(f"{PATH}subscribe/", text, content_type="application/json").status_code


def test_a_browser_is_listed_and_taken_off(page: Client) -> None:
    assert "No browser hears of results yet." in page.get(PATH).content.decode()
    browser = Browser("https://push.example/1")
    assert post(page, browser.subscription) == 204
    html = page.get(PATH).content.decode()
    assert 'data-endpoint="https://push.example/1"' in html
    assert "This browser will hear of your results." in html
    kept = PushSubscription.objects.get()
    assert page.post(f"{PATH}{kept.pk}/end/")["Location"] == PATH
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("content", ["", "[]", "{", {"endpoint": "https://push.example/1"}])
def test_what_is_no_subscription_is_refused(page: Client, content: object) -> None:
    assert post(page, content) == 400


def test_a_visitor_is_sent_to_sign_in() -> None:
    client = Client()
    assert client.get(PATH)["Location"].startswith("/accounts/login/")
    assert post(client, Browser("https://push.example/1").subscription) == 302
