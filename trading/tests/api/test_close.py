from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.tests.rest_client import Api
from trading.domain.terms import Status
from trading.models import CloseOrder, FlashTrade
from trading.tests.cast import Stage, Trader
from trading.tests.closing import Scene, at, open_one, set_status

PATH = "/api/v1/flash-trades"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(0), tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene_and_trade(clock: time_machine.Traveller, stage: Stage, alice: Trader) -> tuple[Scene, FlashTrade]:
    scene, trade = open_one(stage, alice)
    clock.move_to(at(41.5))
    return scene, trade


def test_an_offer(alices: Api, scene_and_trade: tuple[Scene, FlashTrade]) -> None:
    _, trade = scene_and_trade
    answer = alices.get(f"{PATH}/{trade.pk}/offer")
    assert (answer.status, answer.json()) == (
        200,
        {
            "trade": str(trade.pk),
            "offer": answer.json()["offer"],
            "min_price": answer.json()["min_price"],
            "currency": "USDT",
            "price": "60003.00",
            "priced_at": "2026-03-01T12:00:41Z",
            "closable_until": "2026-03-01T12:01:26Z",
            "reason": None,
        },
    )
    assert 80 < float(answer.json()["offer"]) < 92.5
    least, offer = (Decimal(answer.json()[name]) for name in ("min_price", "offer"))
    assert Decimal("0.98") * offer <= least < Decimal("0.98") * offer + Decimal("0.01")


def test_an_order_to_close_is_taken_and_then_decided(
    alices: Api, clock: time_machine.Traveller, scene_and_trade: tuple[Scene, FlashTrade]
) -> None:
    scene, trade = scene_and_trade
    taken = alices.post(f"{PATH}/{trade.pk}/close", {"min_price": "50"})
    assert (taken.status, taken.json()["state"], taken.json()["outcome"]) == (202, "open", None)
    close = taken.json()["close"]
    assert close.pop("receipt")
    assert close == {
        "state": "waiting",
        "min_price": "50.00",
        "asked_at": "2026-03-01T12:00:41.500000Z",
        "close_at": "2026-03-01T12:00:43Z",
        "lapse_reason": None,
        "offer": None,
    }
    again = alices.post(f"{PATH}/{trade.pk}/close", {"min_price": 50})
    assert (again.status, again.headers["Idempotency-Replayed"]) == (202, "true")

    scene.go_to(43)
    clock.move_to(at(44))
    sold = alices.get(f"{PATH}/{trade.pk}").json()
    assert (sold["state"], sold["outcome"], sold["sold_at_price"]) == ("settled", "sold", "60003.00")
    assert (sold["sold_priced_at"], sold["exit_price"]) == ("2026-03-01T12:00:43Z", None)
    assert float(sold["profit"]) == pytest.approx(float(sold["sale"]) - 100)
    assert (sold["close"]["state"], sold["close"]["offer"]) == ("sold", sold["sale"])
    replay = alices.post(f"{PATH}/{trade.pk}/close", {"min_price": "50"})
    assert (replay.status, replay.json()) == (200, sold)
    for other in ({"min_price": "50.01"}, {}):
        alices.post(f"{PATH}/{trade.pk}/close", other).assert_problem(409, "trade-ended")


def test_a_body_is_not_needed(alices: Api, scene_and_trade: tuple[Scene, FlashTrade]) -> None:
    _, trade = scene_and_trade
    taken = alices.send("POST", f"{PATH}/{trade.pk}/close")
    assert (taken.status, taken.json()["close"]["min_price"]) == (202, None)


def test_a_lower_offer_is_refused_with_it(alices: Api, scene_and_trade: tuple[Scene, FlashTrade]) -> None:
    _, trade = scene_and_trade
    offer = alices.get(f"{PATH}/{trade.pk}/offer").json()["offer"]
    refused = alices.post(f"{PATH}/{trade.pk}/close", {"min_price": "184"}).assert_problem(409, "offer-moved")
    assert refused.json()["offer"] == offer
    assert not CloseOrder.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        '"NaN"', '"Infinity"', "1e400", '"1e400"', "1e-400", "-1", "0", "-0.0", '"0"', '"1_0"', '"１００"', '" 10 "',
        '"1e2"', '"010"', '""', "true", "false", "[]", "[100]", "{}", "0.123456789", "1" + "0" * 300, '"\\ud800"',
        '"10\\u0000"',
    ],
)  # fmt: skip
def test_a_bad_minimum_is_named(alices: Api, scene_and_trade: tuple[Scene, FlashTrade], text: str) -> None:
    _, trade = scene_and_trade
    answer = alices.post(f"{PATH}/{trade.pk}/close", f'{{"min_price": {text}}}')
    assert answer.assert_problem(400, "invalid-input").fields.keys() == {"min_price"}
    assert not CloseOrder.objects.exists()


@pytest.mark.parametrize("body", ["[]", "1", '"x"', "{", "\x00"])
def test_a_bad_body_is_refused(alices: Api, scene_and_trade: tuple[Scene, FlashTrade], body: str) -> None:
    _, trade = scene_and_trade
    assert alices.post(f"{PATH}/{trade.pk}/close", body).status == 400


@pytest.mark.parametrize("door", ["offer", "close"])
def test_what_cant_be_closed_is_refused_with_its_reason(
    alices: Api, clock: time_machine.Traveller, scene_and_trade: tuple[Scene, FlashTrade], door: str
) -> None:
    scene, trade = scene_and_trade

    def refused(now: datetime, status: int, code: str) -> None:
        clock.move_to(now)
        path = f"{PATH}/{trade.pk}/{door}"
        (alices.get(path) if door == "offer" else alices.post(path, {})).assert_problem(status, code)

    refused(at(43.5), 503, "stale-price")
    set_status(Status.PAUSED)
    refused(at(41.5), 409, "closing-paused")
    set_status(Status.OPEN)
    refused(at(85.5), 409, "too-late-to-close")
    scene.go_to(102)
    refused(at(102), 409, "trade-ended")


def test_an_offer_costs_few_queries(
    alices: Api, scene_and_trade: tuple[Scene, FlashTrade], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    _, trade = scene_and_trade
    with django_assert_max_num_queries(8):
        alices.get(f"{PATH}/{trade.pk}/offer")


@pytest.mark.parametrize("text", ["86.123456", "0.001"])
def test_a_minimum_finer_than_the_currency_is_refused(
    alices: Api, scene_and_trade: tuple[Scene, FlashTrade], text: str
) -> None:
    """The API would show it, and the proof prove it, as another minimum."""
    _, trade = scene_and_trade
    answer = alices.post(f"{PATH}/{trade.pk}/close", {"min_price": text}).assert_problem(400, "invalid-input")
    assert answer.fields == {"min_price": "too-many-places"}
    assert not trade.close_orders.exists()
