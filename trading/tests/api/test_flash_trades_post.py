from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.domain.payouts import Payouts
from trading.models import FlashTrade, Instrument
from trading.services.instruments.change_payout import change_payout
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader
from trading.tests.listed import listed

PATH = "/api/v1/flash-trades"
ALIAS = "/api/flash-trades"
ORDER = {"instrument": "BTC-USDT", "amount": 100, "direction": "up", "duration": 60}


def test_it_accepts_an_order(alices: Api, alice: Trader) -> None:
    answer = alices.post(PATH, ORDER, Idempotency_Key="one")

    assert answer.status == 201
    trade = answer.json()
    assert answer.headers["Location"] == f"{PATH}/{trade['id']}"
    assert "Idempotency-Replayed" not in answer.headers
    assert trade == {
        "id": trade["id"],
        "client_order_id": "one",
        "instrument": "BTC-USDT",
        "direction": "up",
        "amount": "100.00",
        "currency": "USDT",
        "duration": 60,
        "payout_rate": "0.85",
        "payout": "185.00",
        "state": "pending",
        "outcome": None,
        "void_reason": None,
        "accepted_at": "2026-03-01T12:00:00Z",
        "entry_at": "2026-03-01T12:00:01Z",
        "expires_at": "2026-03-01T12:01:01Z",
        "entry_price": None,
        "exit_price": None,
        "exit_samples": None,
        "settled_at": None,
        "profit": None,
        "correction": None,
        "close": None,
        "sale": None,
        "sold_at_price": None,
        "sold_priced_at": None,
        "demo": True,
        "rule_version": 2,
        "payout_version": 1,
        "receipt": trade["receipt"],
    }
    assert (alice.wallet.held, alices.get(answer.headers["Location"]).json()) == (100, trade)


def test_the_specifications_own_address_needs_no_instrument(alices: Api) -> None:
    answer = alices.post(ALIAS, {"amount": 100, "direction": "up", "duration": 60}, Idempotency_Key="one")
    assert (answer.status, answer.json()["instrument"]) == (201, "BTC-USDT")
    assert alices.get(f"{ALIAS}/{answer.json()['id']}").json() == answer.json()
    assert alices.get(ALIAS).json()["results"] == [listed(answer.json())]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"amount": "100"}, {"amount": "100.00"}),
        ({"amount": 33.33}, {"amount": "33.33", "payout": "61.66"}),
        ({"amount": "1.50"}, {"amount": "1.50", "payout": "2.77"}),
        ({"duration": "60"}, {"duration": 60}),
        ({"direction": "down"}, {"direction": "down"}),
        ({"min_payout_rate": "0.85"}, {"payout_rate": "0.85"}),
        ({"min_payout_rate": None}, {"payout_rate": "0.85"}),
    ],
)
def test_it_reads_numbers_as_numbers_or_strings(alices: Api, change: dict[str, Any], shown: dict[str, Any]) -> None:
    answer = alices.post(PATH, ORDER | change, Idempotency_Key="one")
    assert answer.status == 201
    assert answer.json() | shown == answer.json()


@pytest.mark.parametrize("amount", ["100", "1e2", "100.0", "100.00", '"100"', '"100.00"', "1.0E+2"])
def test_the_same_order_written_otherwise_is_replayed_byte_for_byte(alices: Api, alice: Trader, amount: str) -> None:
    first = alices.post(PATH, ORDER, Idempotency_Key="one")
    text = f'{{"duration": 60, "direction": "up", "amount": {amount}}}'
    again = alices.post(ALIAS, text, Idempotency_Key="one")

    assert (again.status, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert alice.wallet.held == 100


def test_a_replay_stays_the_same_after_settlement_and_when_orders_are_refused(
    alices: Api, alice: Trader, stage: Stage, noon: time_machine.Traveller
) -> None:
    first = alices.post(PATH, ORDER | {"amount": "33.30"}, Idempotency_Key="one")
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))
    noon.shift(600)
    Instrument.objects.update(status="paused")
    change_payout(
        symbol="BTC-USDT", payouts=Payouts(0, Decimal("0.10")), reason="less", made_by=alice.user.pk, now=NOON
    )

    again = alices.post(PATH, ORDER | {"amount": "33.3"}, Idempotency_Key="one")

    assert (again.status, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    shown = alices.get(first.headers["Location"]).json()
    assert (shown["state"], shown["outcome"], shown["profit"], shown["payout"]) == ("settled", "won", "28.30", "61.60")
    alices.post(PATH, ORDER, Idempotency_Key="two").assert_problem(409, "instrument-closed")


def test_the_same_key_with_another_order_is_refused(alices: Api, alice: Trader) -> None:
    alices.post(PATH, ORDER, Idempotency_Key="one")
    for change in ({"amount": 101}, {"direction": "down"}, {"duration": 30}, {"min_payout_rate": 0.5}):
        alices.post(PATH, ORDER | change, Idempotency_Key="one").assert_problem(422, "idempotency-key-reused")
    assert (FlashTrade.objects.count(), alice.wallet.held) == (1, 100)


def test_an_order_can_be_found_by_the_key_it_was_sent_with(alices: Api, bobs: Api) -> None:
    trade = alices.post(PATH, ORDER | {"client_order_id": "my-order-7"}).json()
    assert alices.get(f"{PATH}?client_order_id=my-order-7").json() == {"results": [listed(trade)], "next": None}
    for api, key in ((alices, "my-order-8"), (bobs, "my-order-7")):
        assert api.get(f"{PATH}?client_order_id={key}").json() == {"results": [], "next": None}


def test_two_traders_may_use_the_same_key(alices: Api, bobs: Api) -> None:
    ids = {api.post(PATH, ORDER, Idempotency_Key="one").json()["id"] for api in (alices, bobs)}
    assert len(ids) == 2


def test_a_stake_above_the_balance_is_refused(alices: Api, alice: Trader) -> None:
    Instrument.objects.update(stake_max=20000)
    answer = alices.post(PATH, ORDER | {"amount": "10000.01"}, Idempotency_Key="one")
    assert answer.assert_problem(409, "insufficient-funds").json()["title"] == "Not enough funds for this stake"
    assert alices.post(PATH, ORDER | {"amount": 10000}, Idempotency_Key="one").status == 201
    alices.post(PATH, ORDER | {"amount": 1}, Idempotency_Key="two").assert_problem(409, "insufficient-funds")
    assert (alice.wallet.available, alice.wallet.held) == (0, 10000)


@pytest.mark.parametrize(
    ("change", "status", "code", "members"),
    [
        ({"instrument": "NO-SUCH"}, 404, "unknown-instrument", {}),
        ({"amount": "0.99"}, 400, "stake-out-of-bounds", {"stake_min": "1", "stake_max": "1000"}),
        ({"amount": "1000.01"}, 400, "stake-out-of-bounds", {"stake_min": "1", "stake_max": "1000"}),
        ({"duration": 14}, 400, "duration-not-offered", {"durations": [15, 30, 60, 300, 3600]}),
        ({"duration": 10**9}, 400, "duration-not-offered", {"durations": [15, 30, 60, 300, 3600]}),
        ({"duration": 10**30}, 400, "duration-not-offered", {}),
        ({"min_payout_rate": "0.86"}, 409, "price-moved", {"payout_rate": "0.85"}),
    ],
)
def test_it_says_why_the_market_refuses(
    alices: Api, alice: Trader, change: dict[str, Any], status: int, code: str, members: dict[str, Any]
) -> None:
    answer = alices.post(PATH, ORDER | change, Idempotency_Key="one").assert_problem(status, code)
    assert answer.json() | members == answer.json()
    assert (alice.wallet.held, FlashTrade.objects.count()) == (0, 0)


def test_a_stale_price_is_refused_for_now(alices: Api, noon: time_machine.Traveller) -> None:
    noon.shift(timedelta(seconds=2, milliseconds=1))
    answer = alices.post(PATH, ORDER, Idempotency_Key="one").assert_problem(503, "stale-price")
    assert answer.json()["priced_at"] == "2026-03-01T12:00:00Z"


def test_an_order_takes_few_queries(alices: Api, django_assert_num_queries: Callable[[int], Any]) -> None:
    alices.post(PATH, ORDER, Idempotency_Key="one")  # once a minute the last use of a session is written down
    alices.post(PATH, ORDER, Idempotency_Key="first")  # the very first order makes the key that signs
    with django_assert_num_queries(7):  # one for session and person, six of the order: two are the test's savepoint
        assert alices.post(PATH, ORDER, Idempotency_Key="two").status == 201
