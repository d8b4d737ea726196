"""The result of a person's session, and the interval at which they want to be told."""

from datetime import timedelta

import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.tests.cast import Trader

PATH = "/api/v1/reality-check"


def test_a_reality_check_sums_up_the_session_and_is_due_every_so_many_minutes(
    alices: Api, alice: Trader, noon: time_machine.Traveller
) -> None:
    alice.place(at=NOON - timedelta(seconds=1) + timedelta(milliseconds=999), key="before")
    alices.patch("/api/v1/me", {"reality_check_minutes": 15})
    alices.post("/api/v1/flash-trades", {"amount": "70", "direction": "up", "duration": 60, "client_order_id": "key"})
    noon.shift(timedelta(minutes=14))
    assert alices.get(PATH).json() == {
        "time": "2026-03-01T12:14:00Z",
        "minutes": 15,
        "due_at": "2026-03-01T12:15:00Z",
        "signed_in_at": "2026-03-01T12:00:00Z",
        "wallets": [{"currency": "USDT", "demo": True, "trades": 1, "turnover": "70.00", "net_result": "0.00"}],
    }
    assert alices.post(PATH, {}).json()["due_at"] == "2026-03-01T12:29:00Z"
    assert alices.get(PATH).json()["due_at"] == "2026-03-01T12:29:00Z"
    assert Api(alice).get(PATH).json()["wallets"] == []


def test_a_person_without_a_reality_check_has_none_due(alices: Api) -> None:
    body = alices.get(PATH).json()
    assert (body["minutes"], body["due_at"]) == (None, None)
