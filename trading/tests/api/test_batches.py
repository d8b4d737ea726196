"""Many orders at once, each with a result of its own; and the look-up by many keys."""

from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from pytest_django import Settings

from accounts.rest import rates
from accounts.rest.rates import Counts
from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer, Api
from accounts.tests.threads import at_once
from trading.models import FlashTrade
from trading.tests.cast import Stage, Trader

PATH, LIST = "/api/v1/flash-trades/batch", "/api/v1/flash-trades"


def order(key: str, **more: object) -> dict[str, Any]:
    return {"amount": 10, "direction": "up", "duration": 60, "client_order_id": key} | more


def test_each_order_has_the_result_that_it_alone_would_have(alices: Api, noon: time_machine.Traveller) -> None:
    alices.post(LIST, order("old"))
    orders = [
        order("good"), order("old"), order("old", amount=11), order("small", amount="0.5"),
        order("odd", direction="left", extra=1), {"amount": 1}, order("far", instrument="NO-USDT"),
        order("late", valid_until="2026-03-01T11:00:00Z"), order("two", direction="down"),
    ]  # fmt: skip
    answer = alices.post(PATH, {"orders": orders})
    results = answer.json()["results"]
    assert answer.status == 200
    assert [each["status"] for each in results] == [201, 201, 422, 400, 400, 400, 404, 409, 201]
    codes = [each["problem"] and each["problem"]["code"] for each in results]
    assert codes == [
        None, None, "idempotency-key-reused", "stake-out-of-bounds", "invalid-input", "idempotency-key-required",
        "unknown-instrument", "order-expired", None,
    ]  # fmt: skip
    assert [each["replayed"] for each in results][:3] == [False, True, False]
    assert FlashTrade.objects.count() == 3
    for body, result in zip(orders, results, strict=True):
        if result["trade"]:
            again = alices.post(LIST, body)
            assert (again.json(), again.headers["Idempotency-Replayed"]) == (result["trade"], "true")


def test_the_wallet_pays_for_them_in_their_order(alices: Api, noon: time_machine.Traveller) -> None:
    orders = [order(f"{n}", amount=1000) for n in range(12)]
    results = alices.post(PATH, {"orders": orders}).json()["results"]
    assert [each["status"] for each in results] == [201] * 10 + [409] * 2
    assert results[-1]["problem"]["code"] == "insufficient-funds"


@pytest.mark.parametrize("orders", [None, [], {}, "x", [1], [order("a"), []], [order(f"{n}") for n in range(21)]])
def test_anything_but_one_to_twenty_orders_is_refused(alices: Api, orders: object) -> None:
    assert alices.post(PATH, {"orders": orders}).assert_problem(400, "invalid-input").fields == {"orders": "invalid"}


def test_each_order_counts_at_the_rate(
    alices: Api, noon: time_machine.Traveller, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "COUNTS", Counts())
    cache.clear()
    settings.RATES_A_MINUTE = {"orders": 5}
    taken = alices.post(PATH, {"orders": [order(f"{n}") for n in range(3)]})
    assert (taken.status, taken.headers["RateLimit"]) == (200, '"orders";r=2;t=61')
    refused = alices.post(PATH, {"orders": [order(f"x{n}") for n in range(3)]})
    assert refused.assert_problem(429, "too-many-requests").headers["Retry-After"] == "61"
    assert refused.headers["RateLimit"] == '"orders";r=0;t=61'
    assert FlashTrade.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_from_many_clients_is_one(stage: Stage, alice: Trader) -> None:
    with time_machine.travel(NOON, tick=False):
        alices = Api(alice)
        orders = [order(f"{n}", amount=100) for n in range(5)]
        answers = at_once([partial(alices.post, PATH, {"orders": orders}) for _ in range(4)])
    assert all(isinstance(each, Answer) and each.status == 200 for each in answers), answers
    assert FlashTrade.objects.count() == 5
    assert len({str([r["trade"] for r in each.json()["results"]]) for each in answers}) == 1  # type: ignore[union-attr]


def test_many_keys_are_looked_up_at_once(alices: Api, bob: Trader, noon: time_machine.Traveller) -> None:
    ids = [alices.post(LIST, order(key)).json()["id"] for key in ("a", "b", "c")]
    bob.place(key="d")
    found = alices.get(f"{LIST}?client_order_ids=a,c,d,none").json()
    assert ({trade["id"] for trade in found["results"]}, found["next"]) == ({ids[0], ids[2]}, None)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("client_order_ids=", {"client_order_ids": "invalid"}),
        ("client_order_ids=a,,b", {"client_order_ids": "invalid"}),
        ("client_order_ids=" + ",".join(map(str, range(51))), {"client_order_ids": "too-many"}),
        ("client_order_ids=a&limit=1", {"limit": "invalid"}),
        ("client_order_ids=a&client_order_id=b", {"client_order_id": "invalid"}),
    ],
)
def test_a_look_up_that_can_not_be_meant_is_refused(alices: Api, query: str, fields: dict[str, str]) -> None:
    assert alices.get(f"{LIST}?{query}").assert_problem(400, "invalid-input").fields == fields
