"""The examples of the description are answers of a real server; `RECORD_EXAMPLES=1` records them anew.

Ids, keys and hashes differ from run to run: each stands there as one of its kind.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.codes import App
from accounts.tests.rest_client import Answer, Api, tokens_of
from accounts.tests.till import customer, open_terms
from cryptotrader.openapi.examples import FILE
from cryptotrader.openapi.operation import JSON
from cryptotrader.openapi.operations import OPERATIONS
from cryptotrader.tests.openapi.strict import undescribed
from cryptotrader.tests.support.doors import closable_trade, key, poorer_wallet, settled_trade
from trading.services.proof.publish_digests import publish_digests
from trading.tests.cast import Stage, Trader, trader

UID = "018e5a6e-8b1c-7abc-8def-0123456789ab"
RANDOM = {
    "access": "eyJhbGciOiJIUzI1NiIs…",
    "refresh": "eyJhbGciOiJIUzI1NiIs…",
    "secret": "ct_0a1b2c3d4e5f_…",
    "prefix": "0a1b2c3d4e5f",
    "quote": "eyJhbGciOiJIUzI1NiIs…",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    "jws": "eyJhbGciOiJFZERTQSIs…",
    "receipt": "eyJhbGciOiJFZERTQSIs…",
}
NUMBERS = {"id": 1, "wallet": 1, "revision": 3}
TOO_LONG = ("getStatementCsv", "getProof")


@dataclass
class Told:
    """The answers to the calls of a scenario, by operation and status."""

    api: Api
    answers: dict[str, Answer] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def call(self, name: str, body: object = None, *, by: Api | None = None, query: str = "", **ids: object) -> Any:
        """Calls an operation such as `GET /api/v1/time`, and checks its answer against the description."""
        method, path = name.split(" ")
        answer = (by or self.api).send(method, path.format(**ids) + query, body)
        self.faults += [f"{name}: {fault}" for fault in undescribed(name, answer)]
        self.answers.setdefault(f"{name} {answer.status}", answer)
        return answer.json() if answer.content and answer.headers["Content-Type"].endswith("json") else None


@pytest.fixture
def told(alice: Trader, stage: Stage, settings: Any) -> Iterator[Told]:
    settings.REAL_CURRENCIES = ("USDT",)
    cache.clear()  # the health of venues stays there
    with time_machine.travel(NOON, tick=False):
        yield Told(Api(alice))


def market(told: Told) -> None:
    told.call("GET /api/v1/time", by=Api())
    told.call("GET /api/v1/instruments", by=Api())
    told.call("GET /api/v1/venues", by=Api())
    told.call("GET /api/v1/limits", by=Api())
    told.call("GET /api/v1/instruments/{symbol}/prices", symbol="BTC-USDT")
    told.call("GET /api/v1/instruments/{symbol}/candles", symbol="BTC-USDT", query="?interval=1m&limit=2")
    told.call("POST /api/v1/quotes", {"direction": "up", "duration": 60})


def access(told: Told, alice: Trader) -> None:
    told.call("GET /api/v1/me")
    told.call("PATCH /api/v1/me", {"time_zone": "Asia/Seoul", "sounds": True})
    told.call("POST /api/v1/auth/token", {"email": alice.user.email, "password": PASSWORD}, by=Api())
    told.call("POST /api/v1/auth/token", {"email": alice.user.email, "password": "wrong"}, by=Api())
    told.call("POST /api/v1/auth/refresh", {"refresh": tokens_of(alice).refresh}, by=Api())
    told.call("POST /api/v1/auth/register", {"email": "new@example.com", "password": "correct horse battery"}, by=Api())
    told.call("POST /api/v1/auth/resend-verification", {"email": "new@example.com"}, by=Api())
    told.call("POST /api/v1/auth/verify-email", {"key": "none"}, by=Api())
    told.call("POST /api/v1/api-keys", {"name": "bot", "scopes": ["read", "trade"], "password": PASSWORD})
    told.call("GET /api/v1/api-keys")
    told.call("POST /api/v1/trading-stop", {"api_key": key(alice)})
    told.call("GET /api/v1/trading-stop")
    told.call("DELETE /api/v1/trading-stop", {})
    told.call("DELETE /api/v1/api-keys/{key_id}", {}, key_id=key(alice))
    told.call("POST /api/v1/auth/logout", {}, by=Api(alice))


def trades(told: Told, alice: Trader) -> None:
    order = {"instrument": "BTC-USDT", "amount": 100, "direction": "up", "duration": 60, "client_order_id": "first"}
    told.call("POST /api/v1/flash-trades", order)
    bad = order | {"amount": "0.5", "client_order_id": "second"}
    told.call("POST /api/v1/flash-trades/batch", {"orders": [order, bad]})
    told.call("GET /api/v1/flash-trades", query="?client_order_ids=first,second")
    told.call("GET /api/v1/flash-trades/{trade_id}", trade_id=alice.place().id)
    open_trade = closable_trade(alice)
    told.call("GET /api/v1/flash-trades/{trade_id}/offer", trade_id=open_trade)
    told.call("POST /api/v1/flash-trades/{trade_id}/close", {}, trade_id=open_trade)
    told.call("GET /api/v1/flash-trades/{trade_id}/proof", trade_id=settled_trade(alice))
    told.call("GET /api/v1/receipts", query="?after=2&limit=1")
    told.call("GET /.well-known/jwks.json", by=Api())


def money(told: Told, alice: Trader) -> None:
    told.call("GET /api/v1/wallets")
    told.call("POST /api/v1/wallets/{wallet_id}/top-up", {}, wallet_id=poorer_wallet(alice))
    told.call("POST /api/v1/wallets/{wallet_id}/reset", {}, wallet_id=alice.wallet.id)
    for suffix in ("", ".csv", ".json"):
        told.call(f"GET /api/v1/wallets/{{wallet_id}}/statement{suffix}", wallet_id=alice.wallet.id)
    limit = {"kind": "loss", "currency": "USDT", "demo": True, "period_days": 7, "amount": "5000"}
    told.call("PUT /api/v1/limits", {"limits": [limit]})
    told.call("GET /api/v1/limits")
    told.call("GET /api/v1/reality-check")
    told.call("POST /api/v1/reality-check", {})


def cashier(told: Told, bob: Trader) -> None:
    open_terms()
    told.api, keyed = Api(bob), Api(bob, **{"Idempotency-Key": "one"})
    app = App(bob.user)
    told.call("POST /api/v1/wallets", {"currency": "USDT"})
    told.call("POST /api/v1/wallets", {"currency": "USDT"})
    told.call("GET /api/v1/cashier")
    deposit = told.call("POST /api/v1/deposits", {"currency": "USDT", "amount": "100"}, by=keyed)
    told.call("GET /api/v1/deposits")
    told.call("GET /api/v1/deposits/{deposit_id}", deposit_id=deposit["id"])
    told.call("POST /api/v1/deposits/{deposit_id}/submit", {"note": "by Bob"}, deposit_id=deposit["id"])
    address = {"currency": "USDT", "label": "cold wallet", "address": "TXYZaBcDeFgHiJkLmNoPqRsTuVwXyZ9876"}
    made = told.call("POST /api/v1/beneficiaries", address | {"code": app.at(NOON)})
    told.call("GET /api/v1/beneficiaries")
    told.call("DELETE /api/v1/beneficiaries/{beneficiary_id}", beneficiary_id=made["id"])


def withdrawals(told: Told, carol: Trader) -> None:
    told.api = Api(carol)
    withdrawal = customer(carol).stored_withdrawal().pk
    told.call("GET /api/v1/withdrawals")
    told.call("GET /api/v1/withdrawals/{withdrawal_id}", withdrawal_id=withdrawal)
    told.call("POST /api/v1/withdrawals/{withdrawal_id}/cancel", {}, withdrawal_id=withdrawal)
    wish = {"beneficiary": UID, "amount": "50"}
    told.call("POST /api/v1/withdrawals", wish, by=Api(carol, **{"Idempotency-Key": "one"}))


def webhooks(told: Told) -> None:
    made = told.call("POST /api/v1/webhooks", {"url": "https://bot.example/hook", "events": ["trade.settled"]})
    told.call("GET /api/v1/webhooks")
    told.call("GET /api/v1/webhooks/{webhook_id}", webhook_id=made["id"])
    told.call("POST /api/v1/webhooks/{webhook_id}/test", {}, webhook_id=made["id"])
    told.call("GET /api/v1/webhooks/{webhook_id}/messages", webhook_id=made["id"])
    told.call("POST /api/v1/webhooks/{webhook_id}/on", {}, webhook_id=made["id"])
    told.call("DELETE /api/v1/webhooks/{webhook_id}", {}, webhook_id=made["id"])


def leaving(told: Told, alice: Trader) -> None:
    told.api = Api(alice)
    told.call("POST /api/v1/time-outs", {"hours": 24, "confirmation": alice.user.email})
    told.call("POST /api/v1/time-outs", {"hours": 1, "confirmation": alice.user.email})
    told.call("POST /api/v1/self-exclusions", {"months": 6, "confirmation": alice.user.email})
    told.call("POST /api/v1/self-exclusions", {"months": 6, "confirmation": alice.user.email})
    told.call("POST /api/v1/me/close", {"password": PASSWORD, "confirmation": alice.user.email})


@pytest.mark.django_db(transaction=True)
def test_the_examples_are_what_a_server_answers(told: Told, alice: Trader, bob: Trader) -> None:
    access(told, alice)
    market(told)
    trades(told, alice)
    money(told, alice)
    webhooks(told)
    cashier(told, bob)
    withdrawals(told, trader("carol"))
    leaving(told, alice)
    publish_digests(now=NOON + timedelta(days=1, hours=1))
    told.call("GET /api/v1/digests", by=Api())
    assert told.faults == []
    called = {name.rpartition(" ")[0] for name in told.answers}
    assert set(OPERATIONS) - called == set()
    examples = dict(sorted((name, _one_of_a_kind(answer.json())) for name, answer in _shown(told)))
    if os.environ.get("RECORD_EXAMPLES"):
        FILE.write_text(json.dumps(examples, ensure_ascii=False, indent=1) + "\n")
    assert json.loads(FILE.read_text()) == examples, "RECORD_EXAMPLES=1 records them anew; then run `make schema`"


def _shown(told: Told) -> Iterator[tuple[str, Answer]]:
    for name, answer in told.answers.items():
        operation = OPERATIONS[name.rpartition(" ")[0]]
        if answer.status in operation.answers and answer.content and operation.id not in TOO_LONG:
            assert answer.headers["Content-Type"] == JSON
            yield name, answer


def _one_of_a_kind(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {member: _one_of_a_kind(each, member) for member, each in value.items()}
    if isinstance(value, list):
        return [_one_of_a_kind(each, name) for each in value[:2]]
    if isinstance(value, str):
        return _of_text(value, name)
    return NUMBERS.get(name, value) if isinstance(value, int) and not isinstance(value, bool) else value


_LIKE: list[tuple[str, Callable[[str], str]]] = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", lambda _: UID),
    (r"[0-9a-f]{64}", lambda _: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
]


def _of_text(text: str, name: str) -> str:
    if name in RANDOM and len(text) > 8:
        return RANDOM[name]
    return next((kind(text) for pattern, kind in _LIKE if re.fullmatch(pattern, text)), text)
