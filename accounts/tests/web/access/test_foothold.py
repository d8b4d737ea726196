"""A thief who had a session for a minute leaves nothing behind that stays, or that its owner doesn't hear of."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.codes import App
from accounts.tests.keys import made_key
from accounts.tests.letters import Mails, link_in
from accounts.tests.rest_client import Api
from accounts.tests.web.access.test_second_factor import code_of

pytestmark = pytest.mark.django_db(transaction=True)
HEADLESS = "/_allauth/app/v1"
NEW = "quite another password"
KEY = {"name": "thief", "scopes": ["read"], "mode": "bearer", "networks": "", "life": "90"}


@pytest.fixture
def owner(alice: Person) -> Client:
    return signed_in()


@pytest.fixture
def thief(alice: Person) -> Client:
    """Has a session, and for the making of keys the password."""
    return signed_in()


def signed_in() -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": "alice@example.com", "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/security/").status_code == 200


def living() -> set[str]:
    return set(ApiKey.objects.filter(revoked_at=None).values_list("name", flat=True))


def subjects(mails: Mails) -> list[str]:
    return [str(mail.subject) for mail in mails]


@pytest.mark.parametrize("password", [None, "wrong"])
def test_a_session_alone_makes_no_key(thief: Client, alice: Person, password: str | None) -> None:
    given = {"password": password} if password else {}
    page = thief.post("/account/keys/", KEY | given).content.decode()
    assert ("The password is wrong." if password else "This field is required.") in page
    rest = Api(alice).post("/api/v1/api-keys", {"name": "thief", "scopes": ["read"]} | given)
    assert rest.assert_problem(400, "invalid-input").fields == {"password": "wrong" if password else "required"}
    assert living() == set()


def test_with_a_second_factor_the_password_is_not_enough(alice: Person) -> None:
    App(alice.user)
    wish = {"name": "thief", "scopes": ["read"], "password": PASSWORD}
    browser = Client()
    browser.force_login(alice.user)
    assert "the-secret" not in browser.post("/account/keys/", KEY | {"password": PASSWORD}).content.decode()
    answer = browser.post("/api/v1/api-keys", wish, content_type="application/json")
    assert answer.json()["code"] == "second-factor-required"
    assert living() == set()


def test_its_guesses_are_counted(thief: Client, alice: Person) -> None:
    for _ in range(5):
        thief.post("/account/keys/", KEY | {"password": "wrong"})
    assert "Too many failed logins" in thief.post("/account/keys/", KEY | {"password": PASSWORD}).content.decode()
    assert living() == set()


def test_each_new_key_is_mailed(thief: Client, alice: Person, mails: Mails) -> None:
    thief.post("/account/keys/", KEY | {"password": PASSWORD})
    Api(alice).post("/api/v1/api-keys", {"name": "bot", "scopes": ["read", "trade"], "password": PASSWORD})
    made_key(alice)
    assert subjects(mails) == ["An API key was made"] * 3
    assert "It may: read, trade" in str(mails[1].body)
    assert link_in(mails[0]) == "/account/keys/"


def test_a_new_password_ends_the_thiefs_key_with_its_session_and_lists_the_others(
    owner: Client, thief: Client, alice: Person, mails: Mails
) -> None:
    made_key(alice)
    owner.post("/account/keys/", KEY | {"name": "mine", "password": PASSWORD})
    thief.post("/account/keys/", KEY | {"password": PASSWORD})
    assert living() == {"bot", "mine", "thief"}
    mails.clear()
    change = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    page = owner.post("/accounts/password/change/", change, follow=True)
    assert living() == {"bot", "mine"}
    assert (is_in(owner), is_in(thief)) == (True, False)
    assert "Revoke all…" in page.content.decode()
    assert subjects(mails) == ["New API keys were revoked", "Your password was changed"]
    assert "thief" in str(mails[0].body)
    assert "These API keys go on working: bot, mine." in str(mails[1].body)
    assert owner.post("/account/keys/revoke-all/")["Location"] == "/account/keys/"
    assert living() == set()


def test_an_older_key_of_an_ended_session_stays(owner: Client, alice: Person) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=25), tick=False):
        Api(alice).post("/api/v1/api-keys", {"name": "yesterday", "scopes": ["read"], "password": PASSWORD})
    owner.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert living() == {"yesterday"}


def test_a_reset_by_mail_ends_the_thiefs_key_too(thief: Client, alice: Person, mails: Mails) -> None:
    thief.post("/account/keys/", KEY | {"password": PASSWORD})
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    page = Client()
    form = page.get(link_in(mails[-1]))["Location"]
    page.post(form, {"password1": NEW, "password2": NEW})
    assert living() == set()
    assert not is_in(thief)


def test_in_an_app_the_same(thief: Client, alice: Person) -> None:
    thief.post("/account/keys/", KEY | {"password": PASSWORD})
    app = app_of(alice)
    app.post(f"{HEADLESS}/account/password/change", {"current_password": PASSWORD, "new_password": NEW})
    assert (living(), is_in(thief)) == (set(), False)


def app_of(alice: Person) -> Api:
    EmailAddress.objects.update(verified=True)
    login = Api().post(f"{HEADLESS}/auth/login", {"email": alice.user.email, "password": PASSWORD})
    return Api(**{"X-Session-Token": login.json()["meta"]["session_token"]})


def test_sessions_and_keys_from_before_the_second_factor_end(thief: Client, alice: Person, mails: Mails) -> None:
    thief.post("/account/keys/", KEY | {"password": PASSWORD})
    made_key(alice)
    owner = signed_in()
    assert owner.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    secret = owner.get("/security/app/").context["form"].secret
    owner.post("/security/app/", {"code": code_of(secret)})
    assert (is_in(owner), is_in(thief), living()) == (True, False, {"bot"})


def test_the_secret_of_an_app_is_shown_after_the_password_only(alice: Person) -> None:
    app = app_of(alice)
    path = f"{HEADLESS}/account/authenticators/totp"
    answer = app.get(path)
    assert answer.status == 401
    assert b"secret" not in answer.content
    app.post(f"{HEADLESS}/auth/reauthenticate", {"password": PASSWORD})
    meta = app.get(path).json()["meta"]
    assert (len(meta["secret"]), app.get(path).status) == (32, 404)
    assert format_hotp_value(hotp_value(meta["secret"], 1))


def test_one_place_compares_the_password_of_a_signed_in_person() -> None:
    """There guesses are counted. The entrance is the backend's, whose guesses the adapter counts."""
    rooms = [Path(django_settings.BASE_DIR) / room for room in ("accounts", "cryptotrader", "trading", "monitoring")]
    ours = [path for room in rooms for path in room.rglob("*.py") if "tests" not in path.parts]
    asking = {path.stem for path in ours if ".check_password(" in path.read_text()}
    assert asking == {"check_own_password", "user", "backend"}
