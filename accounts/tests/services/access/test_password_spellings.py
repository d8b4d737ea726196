"""A password set in one spelling is right in every other, at every door that takes one."""

from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import make_password
from django.test import Client

import accounts
from accounts.models import User
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.letters import Mails, link_in
from accounts.tests.rest_client import Api

pytestmark = pytest.mark.django_db
COMPOSED = "파란 하늘 열두 시 Ångström"
DECOMPOSED = normalize("NFD", COMPOSED).replace(" ", "\N{NO-BREAK SPACE}")
EMAIL = "carol@example.com"
HEADLESS = "/_allauth/app/v1"


def at_the_page(mails: Mails, password: str) -> None:
    Client().post("/accounts/signup/", {"email": EMAIL, "password1": password})


def at_rest(mails: Mails, password: str) -> None:
    Api().post("/api/v1/auth/register", {"email": EMAIL, "password": password})


def in_an_app(mails: Mails, password: str) -> None:
    Api().post(f"{HEADLESS}/auth/signup", {"email": EMAIL, "password": password})


def by_command(mails: Mails, password: str) -> None:
    User.objects.create_superuser(EMAIL, password)


def by_reset(mails: Mails, password: str) -> None:
    at_rest(mails, PASSWORD)
    Client().post("/accounts/password/reset/", {"email": EMAIL})
    page = Client()
    form = page.get(link_in(mails[-1]))["Location"]
    page.post(form, {"password1": password, "password2": password})


def by_change(mails: Mails, password: str) -> None:
    at_rest(mails, PASSWORD)
    page = Client()
    page.force_login(User.objects.get())
    new = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    page.post("/accounts/password/change/", new)


def by_change_in_an_app(mails: Mails, password: str) -> None:
    at_rest(mails, PASSWORD)
    EmailAddress.objects.update(verified=True)
    login = Api().post(f"{HEADLESS}/auth/login", {"email": EMAIL, "password": PASSWORD}).json()["meta"]
    change = {"current_password": PASSWORD, "new_password": password}
    Api(**{"X-Session-Token": login["session_token"]}).post(f"{HEADLESS}/account/password/change", change)


DOORS = [at_the_page, at_rest, in_an_app, by_command, by_reset, by_change, by_change_in_an_app]


@pytest.mark.parametrize("set_password", DOORS)
def test_every_door_stores_the_one_spelling(set_password: Callable[[Mails, str], None], mails: Mails) -> None:
    set_password(mails, DECOMPOSED)
    assert AbstractBaseUser.check_password(User.objects.get(), COMPOSED)


def test_every_door_takes_each_spelling(alice: Person) -> None:
    alice.user.set_password(COMPOSED)
    alice.user.save()
    login = {"email": "alice@example.com", "password": DECOMPOSED}
    assert Api().post("/api/v1/auth/token", login).status == 200
    app = Api().post(f"{HEADLESS}/auth/login", login)
    assert app.status == 200
    again = Api(**{"X-Session-Token": app.json()["meta"]["session_token"]})
    assert again.post(f"{HEADLESS}/auth/reauthenticate", {"password": DECOMPOSED}).status == 200
    page = Client()
    assert page.post("/accounts/login/", {"login": "alice@example.com", "password": DECOMPOSED}).status_code == 302
    assert page.post("/accounts/reauthenticate/", {"password": DECOMPOSED}).status_code == 302
    new = {"oldpassword": DECOMPOSED, "password1": PASSWORD, "password2": PASSWORD}
    assert page.post("/accounts/password/change/", new).status_code == 302
    closing = {"password": PASSWORD, "confirmation": "alice@example.com"}
    assert "closed" in page.post("/settings/close/", closing).content.decode()


@pytest.mark.parametrize("stored", [COMPOSED, normalize("NFD", COMPOSED), DECOMPOSED, "tab\tbed"])
def test_hashes_from_before_keep_working(alice: Person, stored: str) -> None:
    alice.user.password = make_password(stored)
    assert alice.user.check_password(stored)
    assert not alice.user.check_password(stored + "x")


@pytest.mark.parametrize("odd", ["correct\thorse battery", "correct horse\u200b battery", normalize("NFD", "한글네자")])
def test_no_door_takes_a_new_one_that_is_prohibited_or_only_looks_long(odd: str) -> None:
    assert Api().post("/api/v1/auth/register", {"email": EMAIL, "password": odd}).fields == {"password": "weak"}
    Client().post("/accounts/signup/", {"email": EMAIL, "password1": odd})
    Api().post(f"{HEADLESS}/auth/signup", {"email": EMAIL, "password": odd})
    assert not User.objects.exists()


@pytest.mark.parametrize("password", [COMPOSED, DECOMPOSED, "tab\tbed", PASSWORD])
def test_nobody_costs_as_many_hashes_as_somebody(alice: Person, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    for email in ("alice@example.com", "nobody@example.com"):
        hashed: list[str] = []
        check = AbstractBaseUser.check_password
        monkeypatch.setattr(AbstractBaseUser, "check_password", lambda *a, h=hashed, c=check: h.append(a[1]) or c(*a))
        Api().post("/api/v1/auth/token", {"email": email, "password": password})
        monkeypatch.setattr(AbstractBaseUser, "check_password", check)
        counts.append(len(hashed))
    assert counts[0] == counts[1] > 0


def test_only_the_user_hashes_passwords() -> None:
    """All else asks the user, who knows the spellings."""
    room = Path(accounts.__file__).parent
    rooms = [room, *(room.parent / name for name in ("cryptotrader", "trading", "monitoring"))]
    ours = [path for each in rooms for path in each.rglob("*.py") if "tests" not in path.parts]
    assert [path.name for path in ours if "auth.hashers" in path.read_text()] == [
        "settings.py",
        "stage.py",
    ]  # the last: people of a benchmark
