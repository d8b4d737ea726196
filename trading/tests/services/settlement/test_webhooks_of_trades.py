"""The news of trades are stored with their settlement, and tell the trade as REST shows it."""

from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.domain.webhooks.events import EVENTS, Event
from accounts.models import WebhookMessage
from accounts.services.webhooks.make_endpoint import make_endpoint
from accounts.tests.cast import NOON, standing
from accounts.tests.rest_client import Api
from accounts.tests.till import customer, open_terms
from trading.services.orders.close_trade import close_trade
from trading.services.settlement import settle_due_trades as settling
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader
from trading.wire.webhooks import news

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = count()
END = NOON + timedelta(seconds=61)


def listen(person: Trader, *events: Event) -> None:
    make_endpoint(user_id=person.user.pk, url="https://bot.example/", events=events or EVENTS, now=NOON)


def told() -> list[tuple[str, UUID]]:
    return list(WebhookMessage.objects.order_by("made_at", "event").values_list("event", "reference"))


def test_a_settled_trade_is_told_once_to_its_owner_alone(stage: Stage, alice: Trader, bob: Trader) -> None:
    listen(alice)
    listen(bob)
    trade, others = alice.place(), trader("carol").place()
    stage.prices(NOON + timedelta(seconds=1), ["60001.00"] * 70)
    for _ in range(2):
        settle_due_trades(instrument=SYMBOL, now=END)
    assert told() == [("trade.settled", trade.id)]
    content = news(Event.TRADE_SETTLED, alice.user.pk, trade.id)
    assert content == {"trade": Api(alice).get(f"/api/v1/flash-trades/{trade.id}").json()}
    assert news(Event.TRADE_SETTLED, bob.user.pk, trade.id) is None
    assert others.id not in [reference for _, reference in told()]


def test_a_void_trade_is_told_too(stage: Stage, alice: Trader) -> None:
    listen(alice)
    trade = alice.place()
    settle_due_trades(instrument=SYMBOL, now=trade.expires_at + timedelta(minutes=5))
    assert told() == [("trade.settled", trade.id)]


def test_a_sale_is_told_as_a_close_and_as_a_settled_trade(stage: Stage, alice: Trader) -> None:
    listen(alice)
    stage.prices(NOON + timedelta(seconds=1), ["60000.50", "60001.00"] * 20)
    trade = alice.place(at=NOON + timedelta(seconds=40))
    stage.prices(NOON + timedelta(seconds=41), ["60000.50", "60001.00"] * 5)
    at = NOON + timedelta(seconds=50)
    settle_due_trades(instrument=SYMBOL, now=at)
    close_trade(trade_id=trade.id, user_id=alice.user.pk, min_price=None, clock=standing(at))
    stage.prices(NOON + timedelta(seconds=51), ["60001.00"] * 5)
    settle_due_trades(instrument=SYMBOL, now=at + timedelta(seconds=6))
    (closed, order_id), settled = told()
    assert (closed, settled) == ("close.decided", ("trade.settled", trade.id))
    content = news(Event.CLOSE_DECIDED, alice.user.pk, order_id)
    assert content is not None
    assert content["trade"]["close"]["state"] == "sold"  # type: ignore[index]


def test_a_settlement_that_fails_tells_nothing_and_the_next_one_does(
    stage: Stage, alice: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(alice)
    trade = alice.place()
    stage.prices(NOON + timedelta(seconds=1), ["60001.00"] * 70)
    with monkeypatch.context() as failing:
        failing.setattr(settling, "release_liability", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle_due_trades(instrument=SYMBOL, now=END)
    assert told() == []
    settle_due_trades(instrument=SYMBOL, now=END)
    assert told() == [("trade.settled", trade.id)]


@examples(max_examples=5)
@given(owners=st.lists(st.integers(0, 2), min_size=1, max_size=8), listening=st.sets(st.integers(0, 2)))
def test_each_trade_of_a_listener_is_told_and_no_other(owners: list[int], listening: set[int]) -> None:
    run = next(RUNS)
    stage, people = open_stage(f"R{run}-USDT"), [trader(f"person{run}x{number}") for number in range(3)]
    for number in listening:
        listen(people[number])
    symbol = stage.instrument.symbol
    placed = [(owner, people[owner].place(stake="10", symbol=symbol).id) for owner in owners]
    stage.prices(NOON + timedelta(seconds=1), ["60001.00"] * 70)
    settle_due_trades(instrument=symbol, now=END)
    stored = WebhookMessage.objects.filter(endpoint__user_id__in=[person.user.pk for person in people])
    assert sorted(stored.values_list("reference", flat=True)) == sorted(id for o, id in placed if o in listening)


def test_settlement_costs_one_statement_more_for_any_number_of_trades(stage: Stage, alice: Trader) -> None:
    listen(alice)
    for _ in range(5):
        alice.place(stake="10")
    stage.prices(NOON + timedelta(seconds=1), ["60001.00"] * 70)
    with CaptureQueriesContext(connection) as queries:
        settle_due_trades(instrument=SYMBOL, now=END)
    assert sum("webhook_messages" in query["sql"] for query in queries) == 1
    assert len(told()) == 5


def test_deposits_are_told(alice: Trader, settings: Settings) -> None:
    settings.REAL_CURRENCIES = ("USDT",)
    open_terms()
    listen(alice)
    till = customer(alice)
    till.pay_in("500", by=trader("staff").user.pk)
    ((event, deposit_id),) = told()
    assert event == "deposit.credited"
    content = news(Event.DEPOSIT_CREDITED, alice.user.pk, deposit_id)
    assert content is not None
    assert content["deposit"]["amount"] == "501.00"  # type: ignore[index]
    assert Decimal(till.money[0]) == 500
