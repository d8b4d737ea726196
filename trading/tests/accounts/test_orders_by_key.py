"""Orders by API key: each signature is used once, and a key costs the hot door one query."""

from datetime import timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.access.scopes import Scope
from accounts.tests.cast import NOON
from accounts.tests.keys import SigningApi, made_key, signed_headers
from accounts.tests.rest_client import Api
from trading.tests.cast import Stage, Trader

ORDER = '{"amount": 100, "direction": "up", "duration": 60, "client_order_id": "one"}'


def test_a_signed_order_is_placed_once(alice: Trader, stage: Stage) -> None:
    made = made_key(alice, Scope.TRADE, signs=True)
    with time_machine.travel(NOON, tick=False):
        signed = signed_headers(made, "POST", "/api/v1/flash-trades", ORDER.encode())
        assert Api().post("/api/v1/flash-trades", ORDER, **signed).status == 201
        Api().post("/api/v1/flash-trades", ORDER, **signed).assert_problem(401, "signature-used")
        changed = ORDER.replace("100", "999")
        Api().post("/api/v1/flash-trades", changed, **signed).assert_problem(401, "invalid-signature")
    with time_machine.travel(NOON + timedelta(seconds=1), tick=False):
        again = SigningApi(made).post("/api/v1/flash-trades", ORDER)
    assert (again.status, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert alice.wallet.held == 100


def test_a_key_costs_the_hot_door_one_query_and_a_signature_one_more(alice: Trader, stage: Stage) -> None:
    with time_machine.travel(NOON, tick=False):
        counts = []
        token, signing = made_key(alice, Scope.TRADE).secret, SigningApi(made_key(alice, Scope.TRADE, signs=True))
        Api(token=token).get("/api/v1/time")  # stores the first use
        signing.get("/api/v1/time")
        alice.place()  # the first order makes the key that signs receipts, the next one opens it
        alice.place()
        with CaptureQueriesContext(connection) as alone:
            alice.place()
        for number, call in enumerate((Api(token=token).post, signing.post)):
            with CaptureQueriesContext(connection) as queries:
                answer = call("/api/v1/flash-trades", ORDER.replace("one", f"key-{number}"))
            assert answer.status == 201
            counts.append([query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]])
        base = [query["sql"] for query in alone if "SAVEPOINT" not in query["sql"]]
    bearer, signed = counts
    assert len(bearer) == len(base) + 1, bearer
    assert len(signed) == len(base) + 2, signed
