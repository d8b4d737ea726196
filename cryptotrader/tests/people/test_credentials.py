"""A request names its caller once, in a way that we know: anything else is refused by name, at every program's door."""

from collections.abc import Sequence

import pytest
from django.test import Client

from accounts.domain.access.credentials import SINGLE
from accounts.tests.cast import PASSWORD
from accounts.tests.rest_client import Answer, Api, tokens_of
from cryptotrader.tests.people.test_parameters import doors
from cryptotrader.tests.support.servers import Sent, by_asgi, by_wsgi
from trading.tests.cast import Stage, Trader

TWO = {
    "a bearer and a key that signs": ({"X-Api-Key": "abc"}, "X-Api-Key", "second-credential"),
    "a bearer and a session": ({"X-Session-Token": "abc"}, "X-Session-Token", "second-credential"),
    "another scheme": ({"Authorization": "Basic YTpi"}, "Authorization", "unknown-scheme"),
    "a scheme run together": ({"Authorization": "Bearerabc"}, "Authorization", "unknown-scheme"),
    "an empty scheme": ({"Authorization": ""}, "Authorization", "unknown-scheme"),
    "a bearer twice": ({"Authorization": "Bearer a, Bearer b"}, "Authorization", "duplicate-header"),
}


@pytest.mark.parametrize("case", TWO)
def test_every_door_refuses_it_by_name(alice: Trader, stage: Stage, case: str) -> None:
    more, name, code = TWO[case]
    headers = {"Authorization": f"Bearer {tokens_of(alice).access}", **more}
    client = Client(raise_request_exception=False)
    for method, path in doors():
        answer = Answer(client.generic(method, path, "", content_type="application/json", headers=headers))
        assert answer.assert_problem(400, "invalid-input").fields == {name: code}, f"{method} {path}"


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.django_db
def test_a_header_that_comes_twice_is_refused_under_each_server(name: str) -> None:
    scheme = "Bearer " if name == "Authorization" else ""
    lines = [("Host", "127.0.0.1"), (name, f"{scheme}a"), (name, f"{scheme}b")]
    for send in (by_wsgi, by_asgi):
        told = send(Sent("GET", "/api/v1/time", headers=lines))
        assert (told.status, b"duplicate-header" in told.content) == (400, True)


def test_a_cookie_beside_a_credential_means_nothing(alice: Trader, bob: Trader) -> None:
    """A browser adds it by itself: it is nobody's statement. It doesn't step in for a bad credential either."""
    browser = Client()
    browser.login(username=bob.user.email, password=PASSWORD)
    assert browser.get("/api/v1/me").json()["email"] == bob.user.email
    headers = {"Authorization": f"Bearer {tokens_of(alice).access}"}
    assert browser.get("/api/v1/me", headers=headers).json()["email"] == alice.user.email
    assert browser.get("/api/v1/me", headers={"Authorization": "Bearer no"}).status_code == 401


def test_a_page_knows_its_reader_by_the_cookie_alone(alice: Trader) -> None:
    browser = Client()
    browser.login(username=alice.user.email, password=PASSWORD)
    for headers in ({"Authorization": "Basic YTpi"}, {"X-Api-Key": "a", "Authorization": "Bearer b"}):
        assert browser.get("/wallet/", headers=headers).status_code == 200


def test_one_credential_is_enough(alice: Trader) -> None:
    ways: Sequence[dict[str, str]] = [
        {"Authorization": f"{word} {tokens_of(alice).access}"} for word in ("Bearer", "bearer")
    ]
    assert [Api(None, None, **way).get("/api/v1/me").status for way in ways] == [200, 200]
