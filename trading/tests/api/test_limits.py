"""The endpoints of responsible trading."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import TradingLimit
from accounts.tests.rest_client import Api
from trading.tests.cast import Trader

PATH = "/api/v1/limits"
LOSS = {"kind": "loss", "currency": "USDT", "demo": True, "period_days": 7, "amount": "150"}
SESSION = {"kind": "session", "amount": 60}


def order(key: str = "key", amount: str = "100") -> dict[str, object]:
    return {"amount": amount, "direction": "up", "duration": 60, "client_order_id": key}


def test_there_are_none_at_first(alices: Api) -> None:
    body = alices.get(PATH).json()
    assert (body["limits"], body["exclusions"]) == ([], [])
    assert body["session"] == {"signed_in_at": "2026-03-01T12:00:00Z"}
    assert (body["bounds"]["raise_delay_hours"], body["bounds"]["time_out_hours"]) == (24, [1, 1008])


def test_limits_are_set_together_and_say_what_is_used(alices: Api, noon: time_machine.Traveller) -> None:
    alices.post("/api/v1/flash-trades", order())
    noon.shift(timedelta(minutes=7))
    answer = alices.put(PATH, {"limits": [LOSS, SESSION]})
    assert (answer.status, answer.json()["limits"]) == (
        200,
        [
            {
                "kind": "session",
                "currency": None,
                "demo": False,
                "period_days": 0,
                "amount": "60",
                "used": "7",
                "left": "53",
                "resets_at": None,
                "next_amount": None,
                "next_from": None,
            },
            {
                "kind": "loss",
                "currency": "USDT",
                "demo": True,
                "period_days": 7,
                "amount": "150.00",
                "used": "100.00",
                "left": "50.00",
                "resets_at": "2026-03-02T00:00:00Z",
                "next_amount": None,
                "next_from": None,
            },
        ],
    )
    assert alices.get(PATH).json() == answer.json()


def test_each_kind_tells_its_use(alices: Api) -> None:
    alices.post("/api/v1/flash-trades", order())
    wallet = {"currency": "USDT", "demo": True}
    wishes = [
        wallet | {"kind": "stake", "amount": "10.5"},
        wallet | {"kind": "open_trades", "amount": 3},
        wallet | {"kind": "balance", "amount": 500},
        wallet | {"kind": "turnover", "period_days": 1, "amount": 0},
    ]
    limits = {each["kind"]: each for each in alices.put(PATH, {"limits": wishes}).json()["limits"]}
    found = {kind: (each["amount"], each["used"], each["left"]) for kind, each in limits.items()}
    assert found == {
        "stake": ("10.50", None, None),
        "open_trades": ("3", "1", "2"),
        "balance": ("500.00", "10000.00", "0.00"),
        "turnover": ("0.00", "100.00", "0.00"),
    }


def test_a_raise_and_a_removal_are_told_with_their_time(alices: Api) -> None:
    alices.put(PATH, {"limits": [LOSS]})
    raised = alices.put(PATH, {"limits": [LOSS | {"amount": 200}]}).json()["limits"][0]
    assert (raised["amount"], raised["next_amount"], raised["next_from"]) == (
        "150.00",
        "200.00",
        "2026-03-02T12:00:00Z",
    )
    removed = alices.put(PATH, {"limits": [LOSS | {"amount": None}]}).json()["limits"][0]
    assert (removed["amount"], removed["next_amount"], removed["next_from"]) == ("150.00", None, "2026-03-02T12:00:00Z")


def test_an_order_above_a_limit_is_a_problem_that_says_all(alices: Api) -> None:
    alices.put(PATH, {"limits": [LOSS]})
    body = alices.post("/api/v1/flash-trades", order(amount="150.01")).assert_problem(409, "limit-reached").json()
    assert {name: body[name] for name in ("limit", "period_days", "amount", "used", "left", "resets_at")} == {
        "limit": "loss",
        "period_days": 7,
        "amount": "150.00",
        "used": "0.00",
        "left": "150.00",
        "resets_at": "2026-03-02T00:00:00Z",
    }


def test_an_old_session_stops_trading_and_a_new_one_goes_on(
    alices: Api, alice: Trader, noon: time_machine.Traveller
) -> None:
    alices.put(PATH, {"limits": [SESSION | {"amount": 1}]})
    assert alices.post("/api/v1/flash-trades", order("young")).status == 201
    noon.shift(timedelta(minutes=1))
    alices.post("/api/v1/flash-trades", order("old")).assert_problem(403, "session-limit-reached")
    # The market has stood still meanwhile: the new session gets that refusal.
    Api(alice).post("/api/v1/flash-trades", order("new")).assert_problem(503, "stale-price")


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"kind": "luck"}, {"limits[0].kind": "unknown-value"}),
        ({"kind": None}, {"limits[0].kind": "unknown-value"}),
        ({"kind": ["loss"]}, {"limits[0].kind": "unknown-value"}),
        ({"period_days": 2}, {"limits[0].period_days": "unknown-value"}),
        ({"period_days": True}, {"limits[0].period_days": "unknown-value"}),
        ({"period_days": "07"}, {"limits[0].period_days": "unknown-value"}),
        ({"period_days": 7.0}, {"limits[0].period_days": "unknown-value"}),
        ({"kind": "stake"}, {"limits[0].period_days": "unknown-value"}),
        ({"currency": "BTC"}, {"limits[0].currency": "unknown-wallet"}),
        ({"currency": "\0"}, {"limits[0].currency": "unknown-wallet"}),
        ({"currency": None}, {"limits[0].currency": "unknown-wallet"}),
        ({"demo": False}, {"limits[0].currency": "unknown-wallet"}),
        ({"demo": "true"}, {"limits[0].demo": "invalid"}),
        ({"kind": "deposit"}, {"limits[0].demo": "invalid"}),
        ({"kind": "session", "period_days": 0}, {"limits[0].currency": "invalid"}),
        ({"amount": "1.001"}, {"limits[0].amount": "invalid-number"}),
        ({"amount": -1}, {"limits[0].amount": "invalid-number"}),
        ({"amount": "1_0"}, {"limits[0].amount": "invalid-number"}),
        ({"amount": "１０"}, {"limits[0].amount": "invalid-number"}),
        ({"amount": "NaN"}, {"limits[0].amount": "invalid-number"}),
        ({"amount": "1e3"}, {"limits[0].amount": "invalid-number"}),
        ({"amount": True}, {"limits[0].amount": "invalid-number"}),
        ({"amount": 10**12}, {"limits[0].amount": "invalid-number"}),
        ({"amount": ""}, {"limits[0].amount": "invalid-number"}),
        ({"kind": "open_trades", "period_days": 0, "amount": "1.5"}, {"limits[0].amount": "invalid-number"}),
        ({"kind": "open_trades", "period_days": 0, "amount": 1001}, {"limits[0].amount": "invalid-number"}),
        ({"user_id": 1}, {"limits[0].user_id": "unknown-field"}),
        ({"\ud800": 1}, {"limits[0].\\ud800": "unknown-field"}),
    ],
)
def test_it_names_what_is_wrong_and_changes_nothing(
    alices: Api, change: dict[str, Any], faults: dict[str, str]
) -> None:
    sound = LOSS | {"period_days": 30}
    answer = alices.put(PATH, {"limits": [LOSS | change, sound]}).assert_problem(400, "invalid-input")
    assert answer.fields == faults
    assert TradingLimit.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"limits": []}',
        '{"limits": {}}',
        '{"limits": [1]}',
        '{"limits": null}',
        '{"limits": [{"kind": "stake", "currency": "USDT", "demo": true, "amount": 1e400}]}',
        '{"limits": [{"kind": "stake", "currency": "USDT", "demo": true, "amount": NaN}]}',
        '{"limits": [{"kind": "stake", "currency": "USDT", "demo": true}]}',
        '{"limits": [{"kind": "session", "amount": 0}]}',
        '{"limits": [{"kind": "session", "amount": 1441}]}',
        '{"limits": [{"kind": "session", "amount": 5, "demo": true}]}',
        "[]",
        "nothing",
    ],
)
def test_it_refuses_bodies_that_mean_nothing(alices: Api, body: str) -> None:
    alices.put(PATH, body).assert_problem(400, "invalid-input")
    assert TradingLimit.objects.count() == 0


def test_each_limit_at_most_once_and_not_too_many(alices: Api) -> None:
    assert alices.put(PATH, {"limits": [LOSS, LOSS]}).assert_problem(400, "invalid-input").fields == {
        "limits": "duplicate"
    }
    alices.put(PATH, {"limits": [LOSS] * 51}).assert_problem(400, "invalid-input")
    alices.put(PATH, '{"limits": "' + "x" * 70_000 + '"}').assert_problem(413, "body-too-large")
