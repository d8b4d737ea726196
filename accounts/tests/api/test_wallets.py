from collections.abc import Callable
from typing import Any

from cryptotrader.tests.api import Api
from cryptotrader.tests.cast import Stage, Trader

PATH = "/api/v1/wallets"


def test_it_shows_balance_held_and_available(stage: Stage, alice: Trader) -> None:
    alice.place(stake="33.33")
    body = Api(alice).get(PATH).json()
    assert body == {
        "results": [
            {
                "id": alice.wallet.id,
                "currency": "USDT",
                "demo": True,
                "balance": "10000.00",
                "held": "33.33",
                "available": "9966.67",
                "revision": alice.wallet.revision,
            }
        ],
        "next": None,
    }


def test_everybody_sees_their_own_only(alice: Trader, bob: Trader) -> None:
    ids = [[wallet["id"] for wallet in Api(who).get(PATH).json()["results"]] for who in (alice, bob)]
    assert ids == [[alice.wallet.id], [bob.wallet.id]]


def test_it_wants_to_know_who_asks(alice: Trader) -> None:
    for api in (Api(), Api(token="garbage"), Api(Authorization="Basic YWxpY2U6eA==")):
        answer = api.get(PATH).assert_problem(401, "not-authenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_wallet_can_not_be_written(alice: Trader) -> None:
    Api(alice).post(PATH, {"balance": "1000000.00"}).assert_problem(405, "method-not-allowed")


def test_it_takes_few_queries(alice: Trader, django_assert_max_num_queries: Callable[[int], Any]) -> None:
    api = Api(alice)
    api.get(PATH)  # the first of a minute is written down
    with django_assert_max_num_queries(3):
        assert api.get(PATH).status == 200
