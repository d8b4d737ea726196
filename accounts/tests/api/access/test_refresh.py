import pytest

from accounts.tests.cast import Person
from accounts.tests.rest_client import Api, tokens_of

PATH = "/api/v1/auth/refresh"


def test_it_gives_a_new_pair_and_spends_the_old_one(alice: Person) -> None:
    old = tokens_of(alice)
    answer = Api().post(PATH, {"refresh": old.refresh})

    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    new = answer.json()
    assert Api(token=new["access"]).get("/api/v1/wallets").status == 200
    assert Api().post(PATH, {"refresh": new["refresh"]}).status == 200


def test_a_token_used_twice_ends_its_session(alice: Person) -> None:
    old = tokens_of(alice)
    new = Api().post(PATH, {"refresh": old.refresh}).json()
    Api().post(PATH, {"refresh": old.refresh}).assert_problem(401, "invalid-token")
    Api(token=new["access"]).get("/api/v1/wallets").assert_problem(401, "not-authenticated")
    Api().post(PATH, {"refresh": new["refresh"]}).assert_problem(401, "invalid-token")


def test_an_access_token_refreshes_nothing(alice: Person) -> None:
    Api().post(PATH, {"refresh": tokens_of(alice).access}).assert_problem(401, "invalid-token")


def test_it_works_when_the_access_token_has_expired(alice: Person) -> None:
    assert Api(token="expired").post(PATH, {"refresh": tokens_of(alice).refresh}).status == 200


@pytest.mark.parametrize("token", ["garbage", "é", "a.b.c", "x" * 4096])
def test_it_refuses_garbage(db: None, token: str) -> None:
    Api().post(PATH, {"refresh": token}).assert_problem(401, "invalid-token")


@pytest.mark.parametrize("token", [None, 1, "", [], "\0", "\ud800", "x" * 4097])
def test_it_refuses_what_can_not_be_a_token(db: None, token: object) -> None:
    assert Api().post(PATH, {"refresh": token}).assert_problem(400, "invalid-input").fields == {
        "refresh": "required" if token in (None, "") else "invalid"
    }
