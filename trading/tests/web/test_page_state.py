from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.services.limits.take_time_out import take_time_out
from accounts.tests.cast import PASSWORD
from accounts.tests.rest_client import Api
from trading.models import Instrument
from trading.selectors.history import opening_prices
from trading.tests.cast import SYMBOL, Stage, Trader

pytestmark = pytest.mark.django_db
STATE = f"/trade/{SYMBOL}/state.json"


def test_a_visitors_state_is_nobodys(client: Client, stage: Stage) -> None:
    answer = client.get(STATE)
    assert "no-store" in answer["Cache-Control"]
    state = answer.json()
    assert (state["person"], state["wallet"], state["restrictions"], state["limits"]) == (None, None, [], [])
    assert state["payout_rates"]["60"] == "0.85"


def test_it_tells_what_another_tab_may_have_changed(client: Client, stage: Stage, alice: Trader) -> None:
    assert client.login(email=alice.user.email, password=PASSWORD)
    wish = [{"kind": "loss", "period_days": 1, "amount": "150", "currency": "USDT", "demo": True}]
    Api(alice).put("/api/v1/limits", {"limits": wish})
    alice.place()
    state = client.get(STATE).json()
    assert state["person"] == alice.user.pk
    assert state["wallet"] is not None
    (loss,) = state["limits"]
    assert (loss["kind"], loss["left"]) == ("loss", "50.00")
    take_time_out(user_id=alice.user.pk, hours=24, clock=timezone.now)
    assert [each["code"] for each in client.get(STATE).json()["restrictions"]] == ["timed-out"]
    client.logout()
    assert client.get(STATE).json()["person"] is None


def test_an_unknown_instrument_has_none(client: Client, stage: Stage) -> None:
    assert client.get("/trade/DOGE-USDT/state.json").status_code == 404


def test_a_change_is_measured_from_the_first_price_since_then(stage: Stage) -> None:
    instrument = Instrument.objects.get(symbol=SYMBOL)
    start = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=10)
    stage.past([(start, "61000.00"), (start + timedelta(minutes=2), "62000.00")])
    assert opening_prices([instrument.pk], since=start) == {instrument.pk: Decimal(61_000)}
    assert opening_prices([instrument.pk], since=start + timedelta(minutes=1)) == {instrument.pk: Decimal(62_000)}
    assert opening_prices([instrument.pk], since=timezone.now()) == {}


def test_the_style_page_is_for_development(client: Client, settings: Settings) -> None:
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    html = client.get("/styleguide/").content.decode()
    assert 'data-state="self-excluded"' in html
    assert "Connected again" in html
