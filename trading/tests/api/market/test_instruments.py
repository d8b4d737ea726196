from collections.abc import Callable
from decimal import Decimal
from typing import Any

from accounts.tests.rest_client import Api
from trading.models import Instrument
from trading.tests.cast import Stage

PATH = "/api/v1/instruments"


def test_it_shows_terms_and_limits_to_everybody(stage: Stage) -> None:
    body = Api().get(PATH).json()
    assert body == {
        "results": [
            {
                "symbol": "BTC-USDT",
                "currency": "USDT",
                "status": "open",
                "status_reason": "",
                "status_reason_ko": "",
                "status_since": None,
                "pip": "0.01",
                "stake_min": "1.00",
                "stake_max": "1000.00",
                "open_trades_max": None,
                "staked_max": None,
                "stake_window_seconds": 3600,
                "durations": [15, 30, 60, 300, 3600],
                "payout_rates": {"15": "0.85", "30": "0.85", "60": "0.85", "300": "0.85", "3600": "0.85"},
                "payout_version": 1,
                "rate_skew_max": "0.00",
                "tie": "stake-returned",
                "rule_version": 2,
                "venues_min": 3,
                "source": "simulated",
                "simulated": True,
                "price": "60000.00",
                "priced_at": "2026-03-01T12:00:00Z",
                "price_age_max_seconds": 2,
            }
        ],
        "next": None,
    }


def test_an_instrument_without_a_price_is_shown_and_a_retired_one_is_not(stage: Stage) -> None:
    Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[60])
    Instrument.objects.update(status="paused")
    Instrument.objects.create(symbol="OLD-USDT", pip=Decimal("0.01"), durations=[60], status="retired")
    shown = {item["symbol"]: (item["status"], item["price"]) for item in Api().get(PATH).json()["results"]}
    assert shown == {"BTC-USDT": ("paused", "60000.00"), "ETH-USDT": ("paused", None)}


def test_it_takes_four_queries_however_many_instruments(
    stage: Stage, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(10):
        Instrument.objects.create(symbol=f"C{number}-USDT", pip=Decimal("0.01"), durations=[60])
    for queries in (4, 1):  # one names the state; then the answer is kept
        with django_assert_num_queries(queries):
            assert len(Api().get(PATH).json()["results"]) == 11
