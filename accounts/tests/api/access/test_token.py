from typing import Any

import pytest

from accounts.models import User
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.rest_client import Api

PATH = "/api/v1/auth/token"


def test_it_gives_a_pair_that_opens_the_doors(alice: Person) -> None:
    answer = Api().post(PATH, {"email": "alice@example.com", "password": PASSWORD})

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    pair = answer.json()
    assert pair.keys() == {"access", "refresh", "token_type", "expires_in"}
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 900)
    assert Api(token=pair["access"]).get("/api/v1/wallets").status == 200
    Api(token=pair["refresh"]).get("/api/v1/wallets").assert_problem(401, "not-authenticated")


def test_it_sets_no_cookie(alice: Person) -> None:
    answer = Api().post(PATH, {"email": "alice@example.com", "password": PASSWORD})
    assert "Set-Cookie" not in answer.headers


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(alice: Person) -> None:
    wrong = Api().post(PATH, {"email": "alice@example.com", "password": "wrong"})
    unknown = Api().post(PATH, {"email": "nobody@example.com", "password": "wrong"})

    for answer in (wrong, unknown):
        answer.assert_problem(401, "invalid-credentials")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert wrong.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


def test_a_deactivated_person_gets_the_same_answer_and_is_shut_out(alice: Person) -> None:
    api = Api(alice)
    User.objects.update(is_active=False, frozen_at=NOON)
    Api().post(PATH, {"email": "alice@example.com", "password": PASSWORD}).assert_problem(401, "invalid-credentials")
    api.get("/api/v1/wallets").assert_problem(401, "not-authenticated")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "alice@example.com"},
        {"email": {"$ne": 1}, "password": PASSWORD},
        {"email": "", "password": ""},
        {"email": "alice@example.com", "password": "\ud800"},
        {"email": "\0", "password": "\0"},
    ],
)
def test_it_names_what_is_missing(alice: Person, body: dict[str, Any]) -> None:
    assert Api().post(PATH, body).assert_problem(400, "invalid-input").fields


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer a b", "Bearer é", "Bearer \x00", "Bearer e30.e30.", "bearer null"]
)
def test_a_token_that_is_none_opens_nothing(alice: Person, header: str) -> None:
    Api(Authorization=header).get("/api/v1/wallets").assert_problem(401, "not-authenticated")
