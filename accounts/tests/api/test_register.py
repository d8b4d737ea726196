from typing import Any

import pytest

from accounts.models import User
from cryptotrader.tests.api import Api
from cryptotrader.tests.cast import PASSWORD, Trader

PATH = "/api/v1/auth/register"


def test_it_makes_a_trader_with_a_demo_wallet(db: None) -> None:
    answer = Api().post(PATH, {"email": "Alice@Example.com", "password": PASSWORD})

    user = User.objects.get()
    assert (answer.status, answer.json()) == (201, {"id": user.pk, "email": "alice@example.com"})
    token = Api().post("/api/v1/auth/token", {"email": "alice@example.com", "password": PASSWORD}).json()["access"]
    (wallet,) = Api(token=token).get("/api/v1/wallets").json()["results"]
    assert (wallet["available"], wallet["demo"]) == ("10000.00", True)


@pytest.mark.parametrize(("accepted", "locale"), [("ko-KR,ko;q=0.9,en;q=0.8", "ko"), ("fr", "en"), ("en", "en")])
def test_it_remembers_the_language(db: None, accepted: str, locale: str) -> None:
    Api().post(PATH, {"email": "alice@example.com", "password": PASSWORD}, Accept_Language=accepted)
    assert User.objects.get().locale == locale


def test_it_refuses_an_email_that_is_taken(alice: Trader) -> None:
    Api().post(PATH, {"email": "ALICE@example.com", "password": PASSWORD}).assert_problem(409, "email-taken")


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
    Api().post(PATH, asked | {"email": "alice@example.com", "password": PASSWORD})
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_a_bad_token_does_not_stop_a_newcomer(db: None) -> None:
    answer = Api(token="expired").post(PATH, {"email": "alice@example.com", "password": PASSWORD})
    assert answer.status == 201


def test_it_is_there_for_posting_only(db: None) -> None:
    Api().get(PATH).assert_problem(405, "method-not-allowed")
