"""Orders over REST that race for the last part of a capacity."""

from collections import Counter
from functools import partial

import pytest
import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from accounts.tests.threads import at_once
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.models import FlashTrade, Instrument
from trading.tests.cast import open_stage, trader

PEOPLE, ORDERS = 8, 25


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_200_orders_over_rest_never_exceed_the_last_thousand() -> None:
    open_stage()
    Instrument.objects.update(liability_max=1000)

    def place(api: Api) -> Counter[str]:
        order = {"amount": 50, "direction": "up", "duration": 60}
        answers = [api.post("/api/v1/flash-trades", order, Idempotency_Key=f"{n}") for n in range(ORDERS)]
        return Counter(str(answer.json().get("code", answer.status)) for answer in answers)

    with time_machine.travel(NOON, tick=False):
        callers = [Api(trader(f"racer{n}")) for n in range(PEOPLE)]
        found = at_once([partial(place, api) for api in callers])

    counts = [result for result in found if isinstance(result, Counter)]
    assert len(counts) == PEOPLE, found
    assert sum(counts, Counter()) == {"201": 23, "capacity-reached": 177}  # 23 × 42.50 = 977.50
    assert FlashTrade.objects.count() == 23
    assert reconcile_ledger().faults == ()
