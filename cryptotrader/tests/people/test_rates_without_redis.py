"""While Redis is away, no door says that its caller is too fast: it goes on, or says that it can't work now."""

from collections.abc import Callable

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.rest_client import Api
from cryptotrader.configuration import auth as auth_settings

NOBODY = "redis://127.0.0.1:1/0"
NEW = "another horse battery"


@pytest.fixture(autouse=True)
def _without_redis(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = auth_settings.ACCOUNT_RATE_LIMITS
    settings.MFA_RATE_LIMITS = {}
    settings.CACHES = {"default": django_settings.CACHES["default"] | {"LOCATION": NOBODY}}


def by_rest(path: str, **body: str) -> Callable[[], tuple[int, str | None]]:
    def call() -> tuple[int, str | None]:
        answer = Api().post(path, body)
        return answer.status, answer.headers.get("Retry-After")

    return call


def by_page(name: str, **form: str) -> Callable[[], tuple[int, str | None]]:
    def call() -> tuple[int, str | None]:
        answer = Client().post(reverse(name), form)
        return answer.status_code, answer.headers.get("Retry-After")

    return call


MAILING = {
    "sign-up by REST": by_rest("/api/v1/auth/register", email="new@example.com", password=NEW),
    "sign-up by app": by_rest("/_allauth/app/v1/auth/signup", email="new@example.com", password=NEW),
    "sign-up by page": by_page("account_signup", email="new@example.com", password1=NEW),
    "reset by page": by_page("account_reset_password", email="alice@example.com"),
    "reset by app": by_rest("/_allauth/app/v1/auth/password/request", email="alice@example.com"),
    "resend by REST": by_rest("/api/v1/auth/resend-verification", email="alice@example.com"),
}


@pytest.mark.parametrize("door", MAILING)
def test_a_door_that_only_mails_is_unavailable(alice: Person, door: str) -> None:
    """Mails wait in Redis for their worker: nobody may hear that one was sent."""
    assert MAILING[door]() == (503, "2")
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_signing_in_and_a_new_password_go_on(alice: Person) -> None:
    browser = Client()
    entered = browser.post(reverse("account_login"), {"login": alice.user.email, "password": PASSWORD})
    assert entered.status_code == 302
    wish = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post(reverse("account_change_password"), wish).status_code == 302
    alice.user.refresh_from_db()
    assert alice.user.check_password(NEW)
    assert Api().post("/api/v1/auth/token", {"email": alice.user.email, "password": NEW}).status == 200


def test_a_new_password_by_app_goes_on(alice: Person) -> None:
    told = Api().post("/_allauth/app/v1/auth/login", {"email": alice.user.email, "password": PASSWORD}).json()
    wish = {"current_password": PASSWORD, "new_password": NEW}
    app = Api(None, None, **{"X-Session-Token": told["meta"]["session_token"]})
    assert app.post("/_allauth/app/v1/account/password/change", wish).status == 200
