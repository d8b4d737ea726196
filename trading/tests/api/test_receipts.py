"""`GET /api/v1/receipts`: the chain of the caller's wallet; and the receipts in orders, trades and close orders."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from accounts.tests.rest_client import Api
from trading.domain.proof.jws import key_id
from trading.domain.proof.receipts import digest_of, read_receipt
from trading.selectors.proof.proofs import public_keys
from trading.tests.cast import Stage, Trader
from trading.tests.closing import Scene, at, open_one
from trading.tests.listed import listed

pytestmark = pytest.mark.django_db
PATH, TRADES = "/api/v1/receipts", "/api/v1/flash-trades"
LAST_ID = "ffffffff-ffff-7fff-bfff-ffffffffffff"
ORDER = {"instrument": "BTC-USDT", "amount": "12.5", "direction": "down", "duration": 60}


@pytest.fixture(autouse=True)
def noon(stage: Stage) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON + timedelta(milliseconds=250), tick=False) as traveller:
        yield traveller


def keys() -> dict[str, str]:
    return {key_id(public): public for public in public_keys()}


def test_an_order_is_answered_with_its_receipt(alices: Api, alice: Trader, stage: Stage) -> None:
    trade = alices.post(TRADES, ORDER, Idempotency_Key="mine").json()
    told = dict(read_receipt(trade["receipt"], keys()).told)
    newest = stage.instrument.pricehead
    assert told == {
        "version": 1,
        "kind": "order",
        "wallet": alice.wallet.id,
        "number": 1,
        "previous": "0" * 64,
        "trade": trade["id"],
        "client_order_id": "mine",
        "instrument": "BTC-USDT",
        "direction": "down",
        "amount": "12.50",
        "currency": "USDT",
        "demo": True,
        "duration": 60,
        "payout_rate": "0.85",
        "payout": "23.12",
        "payout_version": trade["payout_version"],
        "rule_version": 2,
        "accepted_at": "2026-03-01T12:00:00.250000Z",
        "entry_at": "2026-03-01T12:00:02Z",
        "expires_at": "2026-03-01T12:01:02Z",
        "price_sequence": newest.sequence,
        "price_digest": newest.digest,
    }


def test_a_replay_and_the_trade_have_the_same_receipt_and_lists_have_none(alices: Api) -> None:
    first = alices.post(TRADES, ORDER, Idempotency_Key="mine").json()
    again = alices.post(TRADES, ORDER, Idempotency_Key="mine")
    assert (again.headers["Idempotency-Replayed"], again.json()) == ("true", first)
    assert alices.get(f"{TRADES}/{first['id']}").json() == first
    for query in ("", "?client_order_id=mine", "?client_order_ids=mine", f"?cursor={LAST_ID}"):
        assert alices.get(f"{TRADES}{query}").json()["results"] == [listed(first)]


def test_each_order_of_a_batch_has_its_own_in_turn(alices: Api) -> None:
    bodies = [ORDER | {"client_order_id": f"n{n}"} for n in range(4)] + [ORDER | {"client_order_id": "n0"}]
    bodies[1]["amount"] = "0.01"
    results = alices.post(f"{TRADES}/batch", {"orders": bodies}).json()["results"]
    receipts = [each["trade"]["receipt"] for each in results if each["trade"]]
    read = [read_receipt(text, keys()) for text in receipts]
    assert [receipt.number for receipt in read] == [1, 2, 3, 1]
    assert receipts[3] == receipts[0]
    assert [each.previous for each in read[1:3]] == [digest_of(text) for text in receipts[:2]]


def test_a_close_order_has_its_own(alices: Api, alice: Trader, stage: Stage, noon: time_machine.Traveller) -> None:
    _, trade = open_one(stage, alice)
    noon.move_to(at(41.5))
    taken = alices.post(f"{TRADES}/{trade.pk}/close", {"min_price": "50"})
    told = dict(read_receipt(taken.json()["close"]["receipt"], keys()).told)
    order = read_receipt(taken.json()["receipt"], keys())
    names = ("kind", "number", "previous", "trade", "accepted_at", "close_at", "min_price", "client_order_id")
    assert (taken.status, [told[name] for name in names]) == (
        202,
        ["close", 2, order.digest, str(trade.pk), "2026-03-01T12:00:41.500000Z", "2026-03-01T12:00:43Z", "50.00",
         trade.idempotency_key],
    )  # fmt: skip
    assert alices.post(f"{TRADES}/{trade.pk}/close", {"min_price": "50"}).json() == taken.json()
    assert alices.get(TRADES).json()["results"] == [listed(taken.json())]
    Scene(stage, 41).go_to(43)
    assert alices.get(f"{TRADES}/{trade.pk}").json()["close"]["receipt"] == taken.json()["close"]["receipt"]


def test_the_chain_comes_in_pages(alices: Api, alice: Trader) -> None:
    placed = [alice.place(stake="1") for _ in range(5)]
    address, found = f"{PATH}?limit=2", []
    while address:
        page = alices.get(address).json()
        assert page["wallet"] == alice.wallet.id
        found += page["results"]
        address = page["next"]
    assert [each["number"] for each in found] == [1, 2, 3, 4, 5]
    assert [read_receipt(each["receipt"], keys()).trade for each in found] == [str(trade.pk) for trade in placed]
    assert all(each["digest"] == digest_of(each["receipt"]) for each in found)
    assert alices.get(f"{PATH}?after=3&wallet={alice.wallet.id}").json()["results"] == found[3:]
    assert alices.get(f"{PATH}?after=5").json() == {"wallet": alice.wallet.id, "results": [], "next": None}


def test_nobody_sees_the_chain_of_another_person(alices: Api, bobs: Api, alice: Trader, bob: Trader) -> None:
    alice.place()
    assert bobs.get(PATH).json() == {"wallet": bob.wallet.id, "results": [], "next": None}
    bobs.get(f"{PATH}?wallet={alice.wallet.id}").assert_problem(404, "not-found")
    Api().get(PATH).assert_problem(401, "not-authenticated")


@pytest.mark.parametrize(
    ("query", "field"),
    [("after=-1", "after"), ("after=x", "after"), ("after=99999999999", "after"), ("wallet=1.5", "wallet"),
     ("after=01", "after"), ("wallet=01", "wallet"), ("limit=01", "limit"),
     ("limit=0", "limit"), ("limit=1001", "limit"), ("cursor=1", "cursor"), ("after=1&after=2", "after")],
)  # fmt: skip
def test_a_bad_parameter_is_named(alices: Api, query: str, field: str) -> None:
    assert alices.get(f"{PATH}?{query}").assert_problem(400, "invalid-input").fields.keys() == {field}


def test_a_trade_from_before_receipts_has_none(alices: Api, alice: Trader) -> None:
    trade = alice.place()
    run_sql("SET LOCAL session_replication_role = replica")
    run_sql("DELETE FROM receipts")
    assert alices.get(f"{TRADES}/{trade.pk}").json()["receipt"] is None
    assert alices.get(PATH).json()["results"] == []
