"""Withdrawals and beneficiaries over REST."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.domain.access.scopes import Scope
from accounts.models import Beneficiary, CashierTerms, User, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.tests.keys import made_key
from accounts.tests.rest_client import Answer, Api
from accounts.tests.till import ADDRESS, TOMORROW, Customer, open_terms

pytestmark = pytest.mark.django_db(transaction=True)
PATH, PLACES = "/api/v1/withdrawals", "/api/v1/beneficiaries"


@pytest.fixture
def api(saver: Customer) -> Iterator[Api]:
    with time_machine.travel(TOMORROW, tick=False):
        browser = Api()
        browser.client.force_login(saver.trader.user)
        yield browser


def post(api: Api, code: object = None, key: str = "mine", **changed: Any) -> Answer:
    wish = {"beneficiary": str(Beneficiary.objects.get().pk), "amount": "100", "code": code} | changed
    return api.post(PATH, wish, Idempotency_Key=key)


def test_a_withdrawal_is_asked_for_looked_up_and_cancelled(api: Api, saver: Customer) -> None:
    answer = post(api, saver.code(TOMORROW))
    id = answer.json()["id"]
    beneficiary = Beneficiary.objects.get()
    assert (answer.status, answer.headers["Location"]) == (201, f"{PATH}/{id}")
    assert answer.json() == {
        "id": id,
        "amount": "100.00",
        "fee": "2.00",
        "currency": "USDT",
        "beneficiary": {"id": str(beneficiary.pk), "label": "cold wallet", "address": ADDRESS},
        "state": "review",
        "requested_at": "2026-03-02T12:00:00Z",
        "reference": "",
        "reason": "",
        "approved_at": None,
        "ended_at": None,
    }
    assert api.get(PATH).json() == {"results": [answer.json()], "next": None}
    cancelled = api.post(f"{PATH}/{id}/cancel", {}).json()
    assert (cancelled["state"], cancelled["ended_at"]) == ("cancelled", "2026-03-02T12:00:00Z")
    assert api.get(f"{PATH}/{id}").json() == cancelled
    api.post(f"{PATH}/{id}/cancel", {}).assert_problem(409, "wrong-state")


def test_the_same_wish_gets_the_same_answer_without_another_code(api: Api, saver: Customer, fay: User) -> None:
    first = post(api, saver.code(TOMORROW))
    approve_withdrawal(withdrawal_id=Withdrawal.objects.get().pk, decided_by=fay.pk, now=TOMORROW)
    again = post(api)
    assert (again.status, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    post(api, amount=101).assert_problem(422, "idempotency-key-reused")


def test_a_person_needs_a_code_and_a_key_its_scope(api: Api, saver: Customer) -> None:
    post(api).assert_problem(401, "second-factor-required")
    post(api, "000000").assert_problem(401, "second-factor-wrong")
    key = Api(token=made_key(saver.trader, Scope.WITHDRAW).secret)
    assert post(key, key="by-key").status == 201
    trader = Api(token=made_key(saver.trader, Scope.READ, Scope.TRADE).secret)
    post(trader).assert_problem(403, "scope-missing")


def test_no_key_chooses_where_money_goes(saver: Customer) -> None:
    key = Api(token=made_key(saver.trader, *Scope).secret)
    key.post(PLACES, {"currency": "USDT", "label": "mine", "address": "T" * 30}).assert_problem(403, "person-required")


def test_beneficiaries_are_added_listed_and_removed(api: Api, saver: Customer) -> None:
    open_terms("BTC")
    wish = {"currency": "BTC", "label": "vault", "address": "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"}
    api.post(PLACES, wish).assert_problem(401, "second-factor-required")
    added = api.post(PLACES, wish | {"code": saver.code(TOMORROW)})
    assert (added.status, added.json()["usable_from"]) == (201, "2026-03-03T12:00:00Z")
    assert [each["label"] for each in api.get(PLACES).json()["results"]] == ["cold wallet", "vault"]
    assert api.send("DELETE", f"{PLACES}/{added.json()['id']}").status == 204
    assert [each["label"] for each in api.get(PLACES).json()["results"]] == ["cold wallet"]


def test_a_currency_without_terms_takes_no_beneficiary(api: Api, saver: Customer) -> None:
    wish = {"currency": "BTC", "label": "vault", "address": "b" * 40, "code": saver.code(TOMORROW)}
    api.post(PLACES, wish).assert_problem(409, "cashier-closed")
    assert [each["label"] for each in api.get(PLACES).json()["results"]] == ["cold wallet"]


def test_more_than_there_is_is_refused_in_the_words_of_a_withdrawal(api: Api, saver: Customer) -> None:
    CashierTerms.objects.update(withdrawal_daily_max=10_000)
    answer = post(api, saver.code(TOMORROW), amount="4998.50").assert_problem(409, "insufficient-funds")
    assert answer.json()["title"] == "Not enough available for this amount and its fee"


def test_a_new_beneficiary_says_from_when_it_may_be_used(api: Api, saver: Customer) -> None:
    wish = {"currency": "USDT", "label": "new", "address": "T" * 30, "code": saver.code(TOMORROW)}
    id = api.post(PLACES, wish).json()["id"]
    key = Api(token=made_key(saver.trader, Scope.WITHDRAW).secret)
    answer = key.post(PATH, {"beneficiary": id, "amount": 50}, Idempotency_Key="new")
    assert answer.assert_problem(409, "beneficiary-not-usable").json()["usable_from"] == "2026-03-03T12:00:00Z"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", "1_0", "invalid-number"),
        ("amount", "１０", "invalid-number"),
        ("amount", 0, "not-positive"),
        ("amount", "0.123456789", "too-many-places"),
        ("beneficiary", "x", "invalid"),
        ("beneficiary", 5, "invalid"),
        ("beneficiary", None, "required"),
        ("beneficiary", "\0", "invalid"),
    ],
)
def test_what_cannot_be_read_is_named(api: Api, field: str, value: object, code: str) -> None:
    assert post(api, **dict[str, Any]({field: value})).assert_problem(400, "invalid-input").fields == {field: code}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("label", "", "required"),
        ("label", "x" * 61, "invalid"),
        ("label", "a\nb", "invalid"),
        ("address", "\ud800" * 30, "invalid"),
        ("address", "T" * 19, "invalid"),
        ("address", "T" * 201, "invalid"),
        ("currency", "EUR", "unknown"),
    ],
)
def test_a_beneficiary_that_cannot_be_read_is_named(api: Api, field: str, value: object, code: str) -> None:
    wish: dict[str, object] = {"currency": "USDT", "label": "new", "address": "T" * 30, "code": "123456"}
    assert api.post(PLACES, wish | {field: value}).assert_problem(400, "invalid-input").fields == {field: code}


def test_an_unknown_beneficiary_is_not_found(api: Api, saver: Customer) -> None:
    key = Api(token=made_key(saver.trader, Scope.WITHDRAW).secret)
    key.post(PATH, {"beneficiary": str(uuid4()), "amount": 50}, Idempotency_Key="x").assert_problem(404, "not-found")
