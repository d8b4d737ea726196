"""A wallet with a stake under way."""

from accounts.tests.rest_client import Api
from trading.tests.cast import Stage, Trader

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
