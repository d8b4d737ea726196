"""The kill switch: no API key of a person trades until the person allows it again."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage

from accounts.domain.access.scopes import Scope
from accounts.models import User
from accounts.services.access.keys.authenticate_key import authenticate_key
from accounts.services.access.stop_trading import stop_trading
from accounts.tests.cast import NOON, standing
from accounts.tests.keys import made_key
from accounts.tests.rest_client import Answer, Api
from accounts.tests.threads import at_once
from cryptotrader.tests.support.doors import closable_trade
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.gateway.serving import order_from
from trading.models import FlashTrade
from trading.services.orders.open_trades import open_trade
from trading.tests.cast import Stage, Trader

PATH, ORDERS = "/api/v1/trading-stop", "/api/v1/flash-trades"


def order(key: str) -> dict[str, object]:
    return {"amount": 10, "direction": "up", "duration": 60, "client_order_id": key}


@pytest.fixture
def keys(alice: Trader) -> list[tuple[int, Api]]:
    made = [made_key(alice, Scope.READ, Scope.TRADE) for _ in range(2)]
    return [(each.key.pk, Api(token=each.secret)) for each in made]


def test_one_key_stops_all_and_only_the_person_allows_them_again(
    noon: time_machine.Traveller, stage: Stage, alice: Trader, keys: list[tuple[int, Api]]
) -> None:
    (_, first), (_, second) = keys
    trade_id = closable_trade(alice)
    assert first.post(PATH, {}).json() == {"stopped_at": "2026-03-01T12:00:00Z", "keys": []}
    for api in (first, second):
        api.post(ORDERS, order("a")).assert_problem(403, "trading-stopped")
        api.post(f"{ORDERS}/batch", {"orders": [order("a")]}).assert_problem(403, "trading-stopped")
        api.post(f"{ORDERS}/{trade_id}/close", {}).assert_problem(403, "trading-stopped")
        assert api.get(ORDERS).status == 200
        api.send("DELETE", PATH, {}).assert_problem(403, "person-required")
    assert first.post(PATH, {}).status == 200
    alices = Api(alice)
    assert alices.post(ORDERS, order("by-hand")).status == 201
    assert alices.send("DELETE", PATH, {}).json() == {"stopped_at": None, "keys": []}
    assert second.post(ORDERS, order("a")).status == 201


def test_one_key_is_stopped_and_allowed_alone(
    noon: time_machine.Traveller, stage: Stage, alice: Trader, bob: Trader, keys: list[tuple[int, Api]]
) -> None:
    (first_id, first), (second_id, second) = keys
    alices = Api(alice)
    stop = second.post(PATH, {"api_key": first_id}).json()
    assert (stop["stopped_at"], [key["id"] for key in stop["keys"]]) == (None, [first_id])
    first.post(ORDERS, order("a")).assert_problem(403, "trading-stopped")
    assert second.post(ORDERS, order("b")).status == 201
    foreign = made_key(bob).key.pk
    second.post(PATH, {"api_key": foreign}).assert_problem(404, "not-found")
    alices.send("DELETE", PATH, {"api_key": foreign}).assert_problem(404, "not-found")
    second.post(PATH, {})
    assert [key["id"] for key in alices.send("DELETE", PATH, {"api_key": second_id}).json()["keys"]] == [first_id]
    second.post(ORDERS, order("c")).assert_problem(403, "trading-stopped")
    assert alices.send("DELETE", PATH, {"api_key": first_id}).json()["keys"] == []
    first.post(ORDERS, order("a")).assert_problem(403, "trading-stopped")
    refused = alices.send("DELETE", PATH, {"api_key": None}).assert_problem(400, "invalid-input")
    assert refused.fields == {"api_key": "invalid-number"}
    assert alices.get(PATH).json()["stopped_at"] == "2026-03-01T12:00:00Z"
    alices.send("DELETE", PATH, {})
    assert first.post(ORDERS, order("a")).status == 201
    assert second.post(PATH, {"api_key": None}).json()["stopped_at"] == "2026-03-01T12:00:00Z"
    assert second.post(PATH, {"api_key": "x"}).assert_problem(400, "invalid-input").fields == {
        "api_key": "invalid-number"
    }


def test_an_order_that_was_admitted_before_is_refused_under_the_lock(stage: Stage, alice: Trader) -> None:
    """The gateway and DRF ask for the key's rights before they wait for the wallet."""
    key = made_key(alice).key.pk
    wanted = partial(
        Order, alice.user.pk, instrument="BTC-USDT", direction=Direction.UP, stake=Decimal(10), duration_seconds=60
    )
    User.objects.update(keys_stopped_at=NOON)
    with pytest.raises(Exception, match="stopped"):
        open_trade(wanted(idempotency_key="a", api_key_id=key), clock=standing(NOON))
    assert open_trade(wanted(idempotency_key="b"), clock=standing(NOON)).trade.pk


@pytest.mark.django_db(transaction=True)
def test_nothing_is_taken_after_the_answer_while_many_orders_are_under_way(stage: Stage, alice: Trader) -> None:
    api = Api(token=made_key(alice, Scope.READ, Scope.TRADE).secret)
    taken: list[int] = []

    def stop() -> Answer:
        answer = api.post(PATH, {})
        taken.append(FlashTrade.objects.count())
        return answer

    with time_machine.travel(NOON, tick=False):
        calls: list[Callable[[], Answer]] = [partial(api.post, ORDERS, order(f"{n}")) for n in range(12)]
        answers = at_once([*calls[:6], stop, *calls[6:]])
    assert all(isinstance(answer, Answer) for answer in answers), answers
    assert FlashTrade.objects.count() == taken[0]


def test_the_gateway_names_the_key_of_an_order(alice: Trader) -> None:
    """So the same check under the lock holds for its orders."""
    made = made_key(alice)
    access = authenticate_key(token=made.secret, address="127.0.0.1", now=NOON).access
    sent = SimpleNamespace(
        order_of=lambda user_id, **facts: {"user_id": user_id, **facts},
        caller=SimpleNamespace(access=access),
        user=alice.user,
    )
    named: Any = order_from(sent)  # type: ignore[arg-type]
    assert named == {"user_id": alice.user.pk, "session_started_at": None, "api_key_id": made.key.pk}


@pytest.mark.django_db(transaction=True)
def test_its_owner_gets_one_mail(alice: Trader, mails: list[EmailMessage]) -> None:
    for _ in range(2):
        stop_trading(user_id=alice.user.pk, key_id=None, clock=standing(NOON))
    assert [mail.subject for mail in mails] == ["Trading by your API keys is stopped"]
