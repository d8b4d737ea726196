"""`bench_growth` on a small scale: it refuses a database in use, and its costs are those of the copies."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.models import FlashTrade
from trading.tests.cast import open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.long
def test_it_measures_among_the_copies_and_leaves_the_books_right(settings: Settings) -> None:
    settings.DEBUG = True
    told = StringIO()
    call_command("bench_growth", "--trades", "40", "2000", "--people", "600", "--rounds", "1", "--json", stdout=told)
    costs = json.loads(told.getvalue())
    assert [cost["trades"] for cost in costs] == [40] * (len(costs) // 2) + [2000] * (len(costs) // 2)
    rows = {(cost["trades"], cost["work"]): cost["rows"] for cost in costs}
    assert rows[2000, "reconcile_ledger"] > 2000 > rows[2000, "an order"]
    assert all(cost["buffers"] for cost in costs)
    assert FlashTrade.objects.count() > 2000
    assert reconcile_ledger().faults == ()


def test_a_database_in_use_is_refused(settings: Settings) -> None:
    settings.DEBUG = True
    open_stage()
    trader("alice").place()
    with pytest.raises(CommandError, match="throw-away"):
        call_command("bench_growth")
