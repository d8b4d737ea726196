"""The plain door beside which the others are measured takes orders by the same rules."""

from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts.reconciliation import ledger_faults
from accounts.tests.cast import NOON
from trading.bench.orders.plain_door import PlainOrders
from trading.models import FlashTrade
from trading.tests.cast import Stage, Trader

ORDER = {"instrument": "BTC-USDT", "amount": "10", "direction": "up", "duration": 60}


def ask(person: Trader, *, key: str = "one", **members: Any) -> Response:
    request: Any = APIRequestFactory().post("/", ORDER | members, format="json", headers={"Idempotency-Key": key})
    force_authenticate(request, person.user)
    with time_machine.travel(NOON, tick=False):
        answer: Response = PlainOrders.as_view()(request)
    return answer


def test_an_order_is_a_trade_with_its_stake_held_once(stage: Stage, alice: Trader) -> None:
    first, again = ask(alice), ask(alice)
    assert (first.status_code, again.data) == (201, first.data)
    trade = FlashTrade.objects.get()
    assert (str(trade.pk), trade.payout) == (first.data["id"], Decimal("18.50"))
    assert alice.wallet.held == 10
    assert ledger_faults() == []


@pytest.mark.parametrize(
    ("members", "status"), [({"amount": "0"}, 400), ({"amount": "100000"}, 400), ({"duration": 61}, 400)]
)
def test_a_rule_refuses(stage: Stage, alice: Trader, members: dict[str, Any], status: int) -> None:
    assert ask(alice, **members).status_code == status
    assert alice.wallet.held == 0


def test_a_database_in_use_is_refused(settings: Settings, stage: Stage, alice: Trader) -> None:
    settings.DEBUG = True
    ask(alice)
    with pytest.raises(CommandError, match="throw-away"):
        call_command("bench_orders")
