"""A trader's page of the past reads the trades that it shows, however many they have."""

from functools import partial

import pytest
from django.db import connection
from django.test import Client

from accounts.tests.plans import plans_of
from trading.selectors.past import totals
from trading.tests.cast import Stage, Trader, open_stage
from trading.tests.growth.test_day_sums import MANY


@pytest.fixture
def reader(client: Client, stage: Stage, alice: Trader) -> Client:
    client.force_login(alice.user)
    alice.place(stake="1")
    open_stage("ETH-USDT")
    with connection.cursor() as cursor:
        cursor.execute(MANY)
    return client


def test_the_choices_of_its_filters_read_no_trades(reader: Client) -> None:
    plans = [plan for plan in plans_of(partial(reader.get, "/history/")) if "sum(" not in plan.statement]
    assert sum(plan.rows["flash_trades"] for plan in plans) <= 60


def test_its_totals_read_no_more_trades_than_they_count(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "COUNTED_MAX", 100)
    (plan,) = (plan for plan in plans_of(partial(reader.get, "/history/")) if "sum(" in plan.statement)
    assert plan.rows["flash_trades"] == 100


def test_an_instrument_that_was_never_traded_is_a_choice_too(reader: Client) -> None:
    html = reader.get("/history/?instrument=ETH-USDT").content.decode()
    assert '<option value="ETH-USDT" selected>ETH-USDT</option>' in html
    assert "data-row" not in html
