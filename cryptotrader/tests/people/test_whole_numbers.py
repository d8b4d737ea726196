"""Every door reads a whole number by the same rule: 60 or "60", and nothing else."""

import json
from typing import Any

import pytest

from accounts.tests.rest_client import Api
from trading.tests.cast import Stage, Trader

CONFIRMED = {"confirmation": "alice@example.com"}
LOSS = {"kind": "loss", "currency": "USDT", "demo": True, "amount": "100"}


def limit(days: object) -> dict[str, Any]:
    return {"limits": [LOSS | {"period_days": days}]}


DOORS: dict[str, tuple[str, str, int, Any]] = {
    "duration of an order": (
        "POST", "flash-trades", 60,
        lambda n: {"amount": 1, "direction": "up", "client_order_id": "one", "duration": n},
    ),
    "duration of a quote": ("POST", "quotes", 60, lambda n: {"direction": "up", "duration": n}),
    "days of a limit": ("PUT", "limits", 7, limit),
    "minutes between reality checks": ("PATCH", "me", 30, lambda n: {"reality_check_minutes": n}),
    "hours of a time-out": ("POST", "time-outs", 24, lambda n: CONFIRMED | {"hours": n}),
    "months of a self-exclusion": ("POST", "self-exclusions", 6, lambda n: CONFIRMED | {"months": n}),
}  # fmt: skip


@pytest.mark.parametrize("name", DOORS)
def test_a_whole_number_is_a_number_or_a_string(alice: Trader, stage: Stage, name: str) -> None:
    method, path, number, body = DOORS[name]
    alices = Api(alice)
    for wrong in (float(number), f"0{number}", f"{number}.0", f" {number}", f"+{number}", "", True, [number], 1e30):
        answer = alices.send(method, f"/api/v1/{path}", body(wrong))
        assert answer.assert_problem(400, "invalid-input").fields, json.dumps(wrong)
    for right in (number, str(number)):
        answer = alices.send(method, f"/api/v1/{path}", body(right))
        assert answer.status in (200, 201, 503), answer.content  # 503: there is no price for an order here
