"""Sessions end by their age, and those of staff without use: pages, apps and sockets."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.domain.access.session_life import TRADER
from accounts.models import User
from accounts.selectors.access.guards import owners_of_sessions
from accounts.services.access.refresh_tokens import refresh_tokens
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.rest_client import Api, tokens_of

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def staff(alice: Person) -> Person:
    User.objects.update(is_staff=True)
    return alice


def signed_in() -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get("/security/").status_code == 200


def test_the_cookie_lives_as_long_as_the_session() -> None:
    assert TRADER.age_max is not None
    assert TRADER.age_max.total_seconds() == django_settings.SESSION_COOKIE_AGE


def test_a_trader_stays_for_14_days_however_often_they_come(alice: Person, clock: time_machine.Traveller) -> None:
    browser = signed_in()
    for _ in range(13):
        clock.shift(DAY)
        assert is_in(browser)
    clock.shift(DAY)
    assert not is_in(browser)
    answer = browser.post("/settings/", {"locale": "ko"}, follow=True)
    assert answer.redirect_chain == [("/accounts/login/?next=/settings/", 302)]
    assert "nothing was saved" in answer.content.decode()
    assert browser.get("/security/")["Location"].startswith("/accounts/login/")
    assert "nothing was saved" not in browser.get("/accounts/login/?next=/security/").content.decode()


@pytest.mark.parametrize("redis", [True, False])
def test_staff_stay_for_12_hours_while_they_work(
    staff: Person, clock: time_machine.Traveller, redis: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not redis:
        monkeypatch.setattr(cache, "add", lambda *_, **__: False)
    browser = signed_in()
    for _ in range(28):
        clock.shift(25 * MINUTE)
        assert is_in(browser)
    clock.shift(25 * MINUTE)
    assert not is_in(browser)


def test_staff_who_leave_for_half_an_hour_are_out_everywhere(staff: Person, clock: time_machine.Traveller) -> None:
    browser, app = signed_in(), Api(staff)
    key = browser.session.session_key or ""
    assert owners_of_sessions([(key, False)], now=NOON + 29 * MINUTE) == {(key, False): staff.user.pk}
    clock.shift(30 * MINUTE)
    assert owners_of_sessions([(key, False), (key, True)], now=NOON + 30 * MINUTE) == {}
    assert not is_in(browser)
    app.get("/api/v1/wallets").assert_problem(401, "not-authenticated")


def test_an_app_of_staff_stays_while_it_is_used(staff: Person, clock: time_machine.Traveller) -> None:
    pair = tokens_of(staff)
    for _ in range(4):
        assert Api(token=pair.access).get("/api/v1/wallets").status == 200
        clock.shift(14 * MINUTE)
        assert Api(token=pair.access).get("/api/v1/wallets").status == 200
        pair = refresh_tokens(refresh=pair.refresh, now=timezone.now())
    clock.shift(30 * MINUTE)
    Api().post("/api/v1/auth/refresh", {"refresh": pair.refresh}).assert_problem(401, "invalid-token")


def test_nor_does_allauth_know_a_lapsed_app(staff: Person, clock: time_machine.Traveller) -> None:
    login = Api().post("/_allauth/app/v1/auth/login", {"email": "alice@example.com", "password": PASSWORD})
    app = Api(**{"X-Session-Token": login.json()["meta"]["session_token"]})
    assert app.get("/_allauth/app/v1/auth/session").status == 200
    clock.shift(30 * MINUTE)
    assert app.get("/_allauth/app/v1/auth/session").status == 410


def test_who_becomes_staff_is_held_to_it_at_once(alice: Person, clock: time_machine.Traveller) -> None:
    browser = signed_in()
    clock.shift(HOUR)
    assert is_in(browser)
    clock.shift(HOUR)
    User.objects.update(is_staff=True)
    assert not is_in(browser)
