"""`valid_until`: an order or a close order that comes late is refused, and never carried out late."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from cryptotrader.tests.support.doors import closable_trade
from trading.domain.errors import OrderExpired
from trading.domain.orders import check_in_time
from trading.models import CloseOrder, FlashTrade
from trading.tests.cast import Stage, Trader

ORDERS = "/api/v1/flash-trades"
NOW = "2026-03-01T12:00:00Z"


def order(**more: object) -> dict[str, object]:
    return {"amount": 10, "direction": "up", "duration": 60, "client_order_id": "a"} | more


@given(st.timedeltas(timedelta(days=-1), timedelta(days=1)))
def test_only_after_its_time_it_is_refused(late: timedelta) -> None:
    if late > timedelta(0):
        with pytest.raises(OrderExpired):
            check_in_time(NOON, NOON + late)
    else:
        check_in_time(NOON, NOON + late)
    check_in_time(None, NOON)


def test_a_late_order_is_refused_and_leaves_its_key_free(alices: Api, noon: time_machine.Traveller) -> None:
    late = alices.post(ORDERS, order(valid_until="2026-03-01T11:59:59.999Z")).assert_problem(409, "order-expired")
    assert late.json()["time"] == NOW
    assert FlashTrade.objects.count() == 0
    assert alices.post(ORDERS, order(valid_until=NOW)).status == 201


def test_the_same_order_is_answered_again_after_its_time(alices: Api, noon: time_machine.Traveller) -> None:
    first = alices.post(ORDERS, order(valid_until=NOW))
    noon.shift(timedelta(minutes=1))
    again = alices.post(ORDERS, order(valid_until=NOW))
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    alices.post(ORDERS, order()).assert_problem(422, "idempotency-key-reused")


@pytest.mark.parametrize("value", ["", "2026-03-01", "2026-03-01T12:00:00", 1, True, [], {}, "tomorrow"])
def test_anything_but_an_instant_is_refused(alices: Api, noon: time_machine.Traveller, value: object) -> None:
    assert alices.post(ORDERS, order(valid_until=value)).assert_problem(400, "invalid-input").fields == {
        "valid_until": "invalid-time"
    }


def test_a_late_close_order_is_refused(stage: Stage, alice: Trader, noon: time_machine.Traveller) -> None:
    path = f"{ORDERS}/{closable_trade(alice)}/close"
    alices = Api(alice)
    alices.post(path, {"valid_until": "2026-03-01T11:59:59Z"}).assert_problem(409, "order-expired")
    assert CloseOrder.objects.count() == 0
    assert alices.post(path, {"valid_until": NOW}).status == 202
    assert alices.post(path, {"valid_until": "2026-03-01T11:59:59Z"}).headers["Idempotency-Replayed"] == "true"
