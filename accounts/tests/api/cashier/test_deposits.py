"""Deposits over REST."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import CashierTerms, Deposit, User
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.tests.btcpay_server import BTCPayServer
from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer, Api
from accounts.tests.till import Customer

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/deposits"
WISH = {"currency": "USDT", "amount": "100"}


@pytest.fixture
def api(payer: Customer) -> Iterator[Api]:
    with time_machine.travel(NOON, tick=False):
        browser = Api()
        browser.client.force_login(payer.trader.user)
        yield browser


def post(api: Api, key: str = "mine", **changed: Any) -> Answer:
    return api.post(PATH, WISH | changed, Idempotency_Key=key)


def test_a_deposit_is_opened_and_looked_up(api: Api, payer: Customer) -> None:
    answer = post(api)
    deposit = Deposit.objects.get()
    assert (answer.status, answer.headers["Location"]) == (201, f"{PATH}/{deposit.pk}")
    assert answer.json() == {
        "id": str(deposit.pk),
        "amount": "100.00",
        "fee": "1.00",
        "currency": "USDT",
        "provider": "manual",
        "checkout_url": None,
        "state": "requested",
        "requested_at": "2026-03-01T12:00:00Z",
        "expires_at": "2026-03-08T12:00:00Z",
        "note": "",
        "reason": "",
        "ended_at": None,
    }
    assert api.get(f"{PATH}/{deposit.pk}").json() == answer.json()
    assert api.get(PATH).json() == {"results": [answer.json()], "next": None}


def test_the_same_wish_gets_the_same_answer_in_any_later_state(api: Api, payer: Customer, fay: User) -> None:
    first = post(api)
    credit_deposit(deposit_id=Deposit.objects.get().pk, reference="bank 1", decided_by=fay.pk, now=NOON)
    again = post(api, amount=100)
    assert (again.status, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    post(api, amount="100.01").assert_problem(422, "idempotency-key-reused")
    assert api.get(f"{PATH}/{first.json()['id']}").json()["state"] == "done"


def test_i_have_paid_is_said_here(api: Api, payer: Customer) -> None:
    id = post(api).json()["id"]
    answer = api.post(f"{PATH}/{id}/submit", {"note": "by Alice, 1 March"})
    assert (answer.status, answer.json()["state"], answer.json()["note"]) == (200, "review", "by Alice, 1 March")
    assert api.post(f"{PATH}/{id}/submit", {"note": " "}).assert_problem(400, "invalid-input").fields == {
        "note": "invalid"
    }
    assert api.post(f"{PATH}/{id}/submit", {}).fields == {"note": "required"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", "1_0", "invalid-number"),
        ("amount", "１０", "invalid-number"),
        ("amount", "NaN", "invalid-number"),
        ("amount", "1e2", "invalid-number"),
        ("amount", True, "invalid-number"),
        ("amount", None, "invalid-number"),
        ("amount", "1" * 19, "too-large"),
        ("amount", 0, "not-positive"),
        ("amount", "-5", "not-positive"),
        ("amount", "1.123456789", "too-many-places"),
        ("currency", "XYZ", "unknown"),
        ("currency", 5, "unknown"),
        ("currency", None, "unknown"),
        ("currency", "usdt", "unknown"),
    ],
)
def test_what_cannot_be_read_is_named(api: Api, field: str, value: object, code: str) -> None:
    assert post(api, **dict[str, Any]({field: value})).assert_problem(400, "invalid-input").fields == {field: code}
    assert not Deposit.objects.exists()


def test_numbers_beyond_all_reason_are_refused(api: Api) -> None:
    codes = {"1e400": "too-large", "1e-400": "invalid-number", "99999999999999999999999999": "too-large"}
    for number, code in codes.items():
        body = f'{{"currency": "USDT", "amount": {number}}}'
        assert api.post(PATH, body, Idempotency_Key="big").assert_problem(400, "invalid-input").fields == {
            "amount": code
        }


def test_a_key_is_needed(api: Api) -> None:
    api.post(PATH, WISH).assert_problem(400, "idempotency-key-required")
    api.post(PATH, WISH, Idempotency_Key="with space").assert_problem(400, "invalid-input")


def test_a_list_has_pages(api: Api, payer: Customer) -> None:
    ids = []
    for n in range(5):
        with time_machine.travel(NOON + timedelta(seconds=n), tick=False):
            ids.append(post(api, f"key-{n}").json()["id"])
    page = api.get(f"{PATH}?limit=2").json()
    seen = [each["id"] for each in page["results"]]
    while page["next"]:
        page = api.get(page["next"].removeprefix("http://testserver")).json()
        seen += [each["id"] for each in page["results"]]
    assert seen == ids[::-1]
    api.get(f"{PATH}?cursor=x").assert_problem(400, "invalid-input")
    api.get(f"{PATH}?limit=201").assert_problem(400, "invalid-input")


def test_the_terms_tell_what_is_left_today(api: Api, payer: Customer, terms: CashierTerms) -> None:
    post(api, amount=1000)
    (row,) = api.get("/api/v1/cashier").json()["results"]
    assert row == {
        "currency": "USDT",
        "deposits": {
            "open": True,
            "provider": "manual",
            "instructions": "Pay to account 12-345.",
            "amount_min": "10.00",
            "daily_max": "100000.00",
            "left_today": "99000.00",
            "fee": "1.00",
        },
        "withdrawals": {
            "open": True,
            "amount_min": "20.00",
            "daily_max": "2000.00",
            "left_today": "2000.00",
            "fee": "2.00",
        },
    }


def test_a_currency_that_is_no_longer_enabled_takes_no_deposits(api: Api, settings: Settings) -> None:
    settings.REAL_CURRENCIES = []
    (row,) = api.get("/api/v1/cashier").json()["results"]
    assert (row["deposits"]["open"], row["withdrawals"]["open"]) == (False, True)
    post(api).assert_problem(409, "cashier-closed")


def test_without_terms_there_is_no_cashier(api: Api) -> None:
    CashierTerms.objects.all().delete()
    assert api.get("/api/v1/cashier").json() == {"results": [], "next": None}
    post(api).assert_problem(409, "cashier-closed")


def test_a_provider_that_is_away_is_told_and_the_same_key_tries_again(api: Api, btcpay: BTCPayServer) -> None:
    btcpay.broken = lambda: (500, b"")
    post(api).assert_problem(503, "payment-provider-unavailable")
    btcpay.broken = None
    answer = post(api)
    assert (answer.status, answer.json()["checkout_url"]) == (201, f"{btcpay.url}/i/{next(iter(btcpay.invoices))}")
    assert post(api).content == answer.content
