from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.domain.access.scopes import LoginMethod
from accounts.models import Login, User
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.codes import App
from accounts.tests.rest_client import Answer, Api
from cryptotrader import settings as shipped
from trading.tests.cast import Trader

PATH = "/api/v1/auth/token"


def ask(**members: object) -> Answer:
    return Api().post(PATH, {"email": "alice@example.com", "password": PASSWORD} | members)


@pytest.fixture
def app(alice: Trader) -> App:
    return App(alice.user)


def test_the_right_password_asks_for_the_code_and_says_so(app: App) -> None:
    ask().assert_problem(401, "second-factor-required")
    ask(code=None).assert_problem(401, "second-factor-required")
    ask(password="wrong", code="123456").assert_problem(401, "invalid-credentials")
    ask(code=5).assert_problem(400, "invalid-input")
    assert not Login.objects.filter(succeeded=True).exists()


def test_with_the_code_it_gives_a_pair_once(app: App) -> None:
    with time_machine.travel(NOON, tick=False):
        assert ask(code=app.at(NOON)).status == 200
        ask(code=app.at(NOON)).assert_problem(401, "second-factor-wrong")
        assert ask(code=app.recovery_codes[0]).status == 200
        ask(code=app.recovery_codes[0]).assert_problem(401, "second-factor-wrong")
    tries = Login.objects.order_by("id").values_list("method", "succeeded")
    assert list(tries) == [(LoginMethod.TOKEN, succeeded) for succeeded in (True, False, True, False)]


def test_wrong_codes_are_counted_and_lock(app: App) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            ask(code=app.wrong(NOON)).assert_problem(401, "second-factor-wrong")
        locked = ask(code=app.at(NOON)).assert_problem(429, "too-many-attempts")
        assert locked.headers["Retry-After"] == "301"
        clock.shift(timedelta(seconds=301))
        ask(code=app.wrong(timezone.now())).assert_problem(401, "second-factor-wrong")
        assert ask(code=app.at(timezone.now())).headers["Retry-After"] == "601"
        clock.shift(timedelta(seconds=601))
        assert ask(code=app.at(timezone.now())).status == 200


def test_nobody_frozen_is_asked_for_a_code(app: App) -> None:
    User.objects.update(is_active=False, frozen_at=NOON)
    ask(code=app.recovery_codes[0]).assert_problem(401, "invalid-credentials")


@pytest.fixture
def _without_redis(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = shipped.ACCOUNT_RATE_LIMITS
    settings.CACHES = {"default": shipped.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.mark.usefixtures("_without_redis")
def test_without_redis_people_come_in_and_guessing_is_counted_over_pages_and_tokens(alice: Trader) -> None:
    page = {"login": alice.user.email, "password": PASSWORD}
    assert ask().status == 200
    assert Client().post("/accounts/login/", page).status_code == 302
    for _ in range(2):
        ask(password="wrong").assert_problem(401, "invalid-credentials")
    for _ in range(3):
        Client().post("/accounts/login/", page | {"password": "wrong"})
    ask().assert_problem(429, "too-many-attempts")
    assert Client().post("/accounts/login/", page).status_code == 200  # shows the form again
