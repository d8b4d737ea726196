from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from accounts.tests.cast import Person
from accounts.tests.rest_client import Api

PATH = "/api/v1/wallets"


def test_everybody_sees_their_own_only(alice: Person, bob: Person) -> None:
    ids = [[wallet["id"] for wallet in Api(who).get(PATH).json()["results"]] for who in (alice, bob)]
    assert ids == [[alice.wallet.id], [bob.wallet.id]]


def test_it_wants_to_know_who_asks(alice: Person) -> None:
    for api in (Api(), Api(token="garbage")):
        answer = api.get(PATH).assert_problem(401, "not-authenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_it_opens_a_real_wallet_once(alice: Person, settings: Settings) -> None:
    settings.REAL_CURRENCIES = ("USDT",)
    first, again = (Api(alice).post(PATH, {"currency": "USDT"}) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["demo"], first.json()["balance"]) == (False, "0.00")


def test_it_opens_no_wallet_in_a_currency_that_is_not_offered(alice: Person) -> None:
    answer = Api(alice).post(PATH, {"currency": "USDT"}).assert_problem(409, "currency-not-offered")
    assert answer.json()["currencies"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"currency": None},
        {"currency": 1},
        {"currency": "usdt"},
        {"currency": "EUR"},
        {"currency": "USDT\0"},
        {"currency": "ＵＳＤＴ"},
        {"currency": "U" * 5000},
    ],
)
def test_it_names_a_currency_that_makes_no_sense(alice: Person, body: dict[str, object]) -> None:
    assert Api(alice).post(PATH, body).assert_problem(400, "invalid-input").fields.keys() == {"currency"}


def test_it_tops_up_and_resets_over_rest(alice: Person) -> None:
    api, wallet = Api(alice), f"{PATH}/{alice.wallet.id}"
    api.post(f"{wallet}/top-up", {}).assert_problem(409, "nothing-to-top-up")
    answer = api.post(f"{wallet}/reset", {})
    assert (answer.status, answer.json()["balance"]) == (200, "10000.00")


@pytest.mark.parametrize("act", ["top-up", "reset"])
@pytest.mark.parametrize("id", ["{bob}", "0", "999999999999999999", "9" * 19, "-1", "x", "１"])
def test_another_persons_wallet_is_not_found(alice: Person, bob: Person, act: str, id: str) -> None:
    path = f"{PATH}/{id.format(bob=bob.wallet.id)}/{act}"
    Api(alice).post(path, {}).assert_problem(404, "not-found")


def test_a_balance_can_not_be_written(alice: Person) -> None:
    Api(alice).post(PATH, {"balance": "1000000.00"}).assert_problem(400, "invalid-input")
    assert alice.wallet.balance == 10000


def test_it_takes_few_queries(alice: Person, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    api = Api(alice)
    api.get(PATH)  # the first request of a minute is stored
    with django_assert_max_num_queries(3):
        assert api.get(PATH).status == 200
