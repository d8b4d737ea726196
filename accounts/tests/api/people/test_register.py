from secrets import randbits
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.letters import Mails, key_in
from accounts.tests.rest_client import Api
from accounts.tests.threads import at_once

PATH = "/api/v1/auth/register"


def test_a_newcomer_has_a_demo_wallet_and_signs_in_once_the_email_is_verified(db: None, mails: Mails) -> None:
    login = {"email": "Alice@Example.com", "password": PASSWORD}
    answer = Api().post(PATH, login)
    assert (answer.status, answer.json()) == (202, {"status": "mail-sent"})
    assert "Set-Cookie" not in answer.headers

    Api().post("/api/v1/auth/token", login).assert_problem(403, "email-not-verified")
    assert [mail.to for mail in mails] == [["alice@example.com"]] * 2
    answer = Api().post("/api/v1/auth/verify-email", {"key": key_in(mails[0])})
    assert (answer.status, answer.json()) == (200, {"status": "verified"})

    token = Api().post("/api/v1/auth/token", login).json()["access"]
    (wallet,) = Api(token=token).get("/api/v1/wallets").json()["results"]
    assert (wallet["available"], wallet["demo"]) == ("10000.00", True)


@pytest.mark.parametrize(("accepted", "locale"), [("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("fr", "en"), ("en", "en")])
def test_it_remembers_the_language(db: None, accepted: str, locale: str) -> None:
    Api().post(PATH, {"email": "alice@example.com", "password": PASSWORD}, Accept_Language=accepted)
    assert User.objects.get().locale == locale


def test_who_has_an_account_learns_it_by_mail_and_nobody_else_does(alice: Person, mails: Mails) -> None:
    known, unknown = (
        Api().post(PATH, {"email": email, "password": "another fine password"})
        for email in ("ALICE@example.com", "bob@example.com")
    )
    assert (known.status, known.content) == (unknown.status, unknown.content)
    assert known.headers.keys() == unknown.headers.keys()
    assert [(mail.to, mail.subject) for mail in mails] == [
        (["alice@example.com"], "You have an account already"),
        (["bob@example.com"], "Confirm your email"),
    ]
    assert "/accounts/password/reset/" in str(mails[0].body)
    assert User.objects.get(email="alice@example.com").check_password(PASSWORD)


def test_the_password_is_hashed_whether_or_not_the_email_is_known(alice: Person, settings: Settings) -> None:
    hashed: list[str] = []

    class Counting(MD5PasswordHasher):
        def encode(self, password: str, *args: Any, **kwargs: Any) -> str:
            hashed.append(password)
            return super().encode(password, *args, **kwargs)

    globals()["Counting"] = Counting
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    for email in ("alice@example.com", "bob@example.com"):
        Api().post(PATH, {"email": email, "password": "another fine password"})
    assert len(hashed) == 2


def test_a_known_email_with_a_bad_password_is_refused_as_an_unknown_one_is(alice: Person) -> None:
    for email in ("alice@example.com", "bob@example.com"):
        answer = Api().post(PATH, {"email": email, "password": "short"}).assert_problem(400, "invalid-input")
        assert answer.fields == {"password": "weak"}


def test_so_many_sign_ups_from_one_address_and_no_more(db: None, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": f"2/{60 + randbits(30)}s/ip"}
    statuses = [Api().post(PATH, {"email": f"carol{n}@example.com", "password": PASSWORD}).status for n in range(3)]
    assert statuses == [202, 202, 429]
    answer = Api().post(PATH, {"email": "dan@example.com", "password": PASSWORD})
    assert answer.assert_problem(429, "too-many-requests").headers["Retry-After"] == "60"
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"email", "password"}),
        ({"email": "alice@example.com"}, {"password"}),
        ({"email": None, "password": PASSWORD}, {"email"}),
        ({"email": ["alice@example.com"], "password": {"a": 1}}, {"email", "password"}),
        ({"email": 1, "password": True}, {"email", "password"}),
        ({"email": "alice", "password": "short"}, {"email", "password"}),
        ({"email": "\ud800@example.com", "password": "\ud800 horse battery"}, {"email", "password"}),
        ({"email": "alice\0@example.com", "password": PASSWORD + "\0"}, {"email", "password"}),
        ({"email": "a@example.com", "password": "x" * 5000}, {"password"}),
    ],
)
def test_it_names_what_is_wrong(db: None, body: dict[str, Any], fields: set[str]) -> None:
    answer = Api().post(PATH, body).assert_problem(400, "invalid-input")
    assert answer.fields.keys() == fields
    assert not User.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "null", '"text"', "{", "{'email': 1}", '{"email": NaN}', b"\xff\xfe{}"])
def test_it_refuses_what_is_no_json_object(db: None, body: str | bytes) -> None:
    Api().post(PATH, body).assert_problem(400, "invalid-input")


def test_nobody_becomes_staff_by_asking(db: None) -> None:
    asked = {"is_staff": True, "is_superuser": True, "is_active": True, "balance": "1000000", "id": 1}
    answer = Api().post(PATH, asked | {"email": "alice@example.com", "password": PASSWORD})
    assert answer.assert_problem(400, "invalid-input").fields == dict.fromkeys(asked, "unknown-field")
    assert not User.objects.exists()


def test_a_bad_token_does_not_stop_a_newcomer(db: None) -> None:
    answer = Api(token="expired").post(PATH, {"email": "alice@example.com", "password": PASSWORD})
    assert answer.status == 202


def test_it_is_there_for_posting_only(db: None) -> None:
    Api().get(PATH).assert_problem(405, "method-not-allowed")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["api", "page", "app"])
def test_however_many_register_one_email_at_once_its_owner_gets_the_key(
    door: str, mails: Mails, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": f"1/{60 + randbits(30)}s/key"}
    email, password = f"{door}@example.com", PASSWORD

    def register() -> None:
        if door == "page":
            Client().post("/accounts/signup/", {"email": email, "password1": password})
        else:
            Api().post(
                PATH if door == "api" else "/_allauth/app/v1/auth/signup", {"email": email, "password": password}
            )

    Api().post("/api/v1/auth/resend-verification", {"email": email})  # uses up this minute
    at_once([register] * 5)

    keys = [key_in(mail) for mail in mails if mail.subject == "Confirm your email"]
    assert Api().post("/api/v1/auth/verify-email", {"key": keys[0]}).status == 200
    assert len(keys) == 1
