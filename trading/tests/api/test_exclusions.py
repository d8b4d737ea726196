"""The endpoints by which people restrict their own trading."""

from typing import Any

import pytest

from accounts.domain.access.api_keys import KeyTerms
from accounts.domain.access.scopes import Scope
from accounts.models import Exclusion
from accounts.services.access.keys.make_api_key import make_api_key
from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.tests.cast import Trader


def order() -> dict[str, object]:
    return {"amount": "100", "direction": "up", "duration": 60, "client_order_id": "key"}


def test_only_a_signed_in_person_asks() -> None:
    Api().get("/api/v1/reality-check").assert_problem(401, "not-authenticated")
    for path in ("/api/v1/time-outs", "/api/v1/self-exclusions"):
        Api().post(path, {}).assert_problem(401, "not-authenticated")


@pytest.mark.parametrize(
    ("path", "length", "code", "until"),
    [
        ("time-outs", {"hours": 24}, "timed-out", "2026-03-02T12:00:00Z"),
        ("self-exclusions", {"months": 6}, "self-excluded", "2026-09-01T12:00:00Z"),
    ],
)
def test_an_excluded_person_looks_but_does_not_trade(
    alices: Api, bobs: Api, path: str, length: dict[str, int], code: str, until: str
) -> None:
    body = length | {"confirmation": " Alice@example.com"}
    answer = alices.post(f"/api/v1/{path}", body)
    kind = path.removesuffix("s").replace("-", "_")
    assert (answer.status, answer.json()) == (201, {"kind": kind, "from": "2026-03-01T12:00:00Z", "until": until})
    again = alices.post(f"/api/v1/{path}", body)
    assert (again.status, again.json(), Exclusion.objects.count()) == (200, answer.json(), 1)
    problem = alices.post("/api/v1/flash-trades", order()).assert_problem(403, code)
    assert problem.json()["until"] == until
    assert alices.get("/api/v1/wallets").status == 200
    assert [each["until"] for each in alices.get("/api/v1/limits").json()["exclusions"]] == [until]
    assert bobs.post("/api/v1/flash-trades", order()).status == 201


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("time-outs", {"hours": 24}, "confirmation"),
        ("time-outs", {"hours": 24, "confirmation": True}, "confirmation"),
        ("time-outs", {"hours": 24, "confirmation": "yes"}, "confirmation"),
        ("time-outs", {"hours": 24, "confirmation": "bob@example.com"}, "confirmation"),
        ("time-outs", {"hours": 0, "confirmation": "alice@example.com"}, "hours"),
        ("time-outs", {"hours": 1009, "confirmation": "alice@example.com"}, "hours"),
        ("time-outs", {"hours": "024", "confirmation": "alice@example.com"}, "hours"),
        ("time-outs", {"hours": 24.5, "confirmation": "alice@example.com"}, "hours"),
        ("time-outs", {"hours": True, "confirmation": "alice@example.com"}, "hours"),
        ("time-outs", {"hours": 10**30, "confirmation": "alice@example.com"}, "hours"),
        ("self-exclusions", {"months": 5, "confirmation": "alice@example.com"}, "months"),
        ("self-exclusions", {"months": 61, "confirmation": "alice@example.com"}, "months"),
        ("self-exclusions", {"months": -(10**9), "confirmation": "alice@example.com"}, "months"),
        ("self-exclusions", {"months": 6, "confirmation": "\ud800"}, "confirmation"),
    ],
)
def test_nobody_is_kept_away_by_a_slip(alices: Api, path: str, body: dict[str, Any], field: str) -> None:
    answer = alices.post(f"/api/v1/{path}", body).assert_problem(400, "invalid-input")
    assert (set(answer.fields), Exclusion.objects.count()) == ({field}, 0)


def test_a_key_looks_and_trades_within_the_limits_but_sets_none(alice: Trader, alices: Api) -> None:
    """A session limit is for people: a key has no session. A person's time-out holds for their keys too."""
    limits = [{"kind": "session", "amount": 1}, {"kind": "stake", "currency": "USDT", "demo": True, "amount": 100}]
    alices.put("/api/v1/limits", {"limits": limits})
    terms = KeyTerms("bot", (Scope.READ, Scope.TRADE))
    bot = Api(token=make_api_key(user_id=alice.user.pk, terms=terms, now=NOON).secret)

    body = bot.get("/api/v1/limits").json()
    assert {each["kind"]: each["used"] for each in body["limits"]} == {"session": None, "stake": None}
    bot.put("/api/v1/limits", {"limits": limits}).assert_problem(403, "person-required")
    bot.get("/api/v1/reality-check").assert_problem(403, "person-required")
    for path in ("/api/v1/time-outs", "/api/v1/self-exclusions"):
        bot.post(path, {"hours": 1}).assert_problem(403, "person-required")
    bot.post("/api/v1/flash-trades", order() | {"amount": 101}).assert_problem(409, "limit-reached")
    assert bot.post("/api/v1/flash-trades", order()).status == 201
    alices.post("/api/v1/time-outs", {"hours": 1, "confirmation": "alice@example.com"})
    bot.post("/api/v1/flash-trades", order() | {"client_order_id": "2"}).assert_problem(403, "timed-out")
