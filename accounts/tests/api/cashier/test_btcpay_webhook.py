"""BTCPay's webhooks: signed, each applied once, and never trusted for an amount."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Deposit, Transfer, WebhookDelivery
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.btcpay_server import BTCPayServer, signature
from accounts.tests.guards import run_sql
from accounts.tests.rest_client import Answer, Api
from accounts.tests.threads import at_once
from accounts.tests.till import Customer

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/webhooks/btcpay"


def deliver(body: bytes, *, signed: str | None = None) -> Answer:
    return Api().post(PATH, body, BTCPay_Sig=signature(body) if signed is None else signed)


@pytest.fixture
def deposit(payer: Customer, btcpay: BTCPayServer) -> Deposit:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference))
    return deposit


def state_of(deposit: Deposit) -> str:
    return Deposit.objects.get(pk=deposit.pk).state


def test_a_paid_invoice_is_credited(payer: Customer, deposit: Deposit, btcpay: BTCPayServer) -> None:
    body = btcpay.delivery(str(deposit.provider_reference))
    answer = deliver(body)
    assert (answer.status, answer.json(), state_of(deposit)) == (200, {"result": "done"}, "done")
    assert payer.money == ("100.00", "0.00")
    stored = WebhookDelivery.objects.get()
    assert (stored.event, stored.reference, stored.body) == (
        "InvoiceSettled",
        deposit.provider_reference,
        json.loads(body),
    )


def test_the_message_is_not_believed(payer: Customer, btcpay: BTCPayServer) -> None:
    unpaid = payer.deposit("100")
    claims: dict[str, Any] = {"amount": "1000000", "overPaid": False, "status": "Settled"}
    answer = deliver(btcpay.delivery(str(unpaid.provider_reference), **claims))
    assert (answer.status, state_of(unpaid), payer.money) == (200, "requested", ("0.00", "0.00"))


@pytest.mark.refusals
def test_the_same_message_fifty_times_at_once_is_one_credit(
    payer: Customer, deposit: Deposit, btcpay: BTCPayServer
) -> None:
    body = btcpay.delivery(str(deposit.provider_reference))
    answers = at_once([lambda: deliver(body) for _ in range(50)])
    assert [each for each in answers if not isinstance(each, Answer)] == []
    told = [answer for answer in answers if isinstance(answer, Answer)]
    results = [answer.json()["result"] for answer in told if answer.status == 200]
    # 503: the wait for a database connection took too long. BTCPay sends such a delivery again.
    assert (len(told), {answer.status for answer in told} - {200, 503}) == (50, set())
    assert (results.count("done"), set(results) - {"done", "replayed"}) == (1, set())
    assert (payer.money, Transfer.objects.filter(kind="deposit").count()) == (("100.00", "0.00"), 1)
    assert_the_ledger_balances()


def test_fifty_different_messages_at_once_are_one_credit_too(
    payer: Customer, deposit: Deposit, btcpay: BTCPayServer
) -> None:
    reference = str(deposit.provider_reference)
    bodies = [btcpay.delivery(reference) for _ in range(20)]
    answers = at_once([lambda body=body: deliver(body) for body in bodies])  # type: ignore[misc]
    assert {answer.status for answer in answers if isinstance(answer, Answer)} <= {200, 503}
    assert payer.money == ("100.00", "0.00")


def test_sent_again_after_the_answer_was_lost_it_finds_the_work_done(
    payer: Customer, deposit: Deposit, btcpay: BTCPayServer
) -> None:
    body = btcpay.delivery(str(deposit.provider_reference))
    deliver(body)
    asked = len(btcpay.asked)
    assert deliver(body).json() == {"result": "replayed"}
    assert len(btcpay.asked) == asked
    again = btcpay.delivery(str(deposit.provider_reference), isRedelivery=True)
    assert deliver(again).json() == {"result": "done"}
    assert payer.money == ("100.00", "0.00")


def test_a_message_that_the_database_refuses_for_another_reason_is_no_replay(
    payer: Customer, deposit: Deposit, btcpay: BTCPayServer
) -> None:
    """A 200 would stop BTCPay: it repeats only failed deliveries."""
    body = btcpay.delivery(str(deposit.provider_reference))
    run_sql("ALTER TABLE webhook_deliveries ADD CONSTRAINT nothing_more CHECK (false) NOT VALID")
    try:
        assert deliver(body).status == 500
    finally:
        run_sql("ALTER TABLE webhook_deliveries DROP CONSTRAINT nothing_more")
    assert deliver(body).json() == {"result": "done"}
    assert payer.money == ("100.00", "0.00")


def test_while_btcpay_is_away_it_is_asked_to_send_again(
    payer: Customer, deposit: Deposit, btcpay: BTCPayServer
) -> None:
    body = btcpay.delivery(str(deposit.provider_reference))
    btcpay.broken = lambda: (503, b"")
    answer = deliver(body).assert_problem(503, "payment-provider-unavailable")
    assert answer.headers["Retry-After"] == "30"
    assert not WebhookDelivery.objects.exists()
    btcpay.broken = None
    assert deliver(body).json() == {"result": "done"}


@pytest.mark.parametrize("signed", ["", "sha256=", "sha256=" + "0" * 64, "md5=abc", "sha256=é", "\ud800"])
def test_without_its_signature_nothing_is_read(deposit: Deposit, btcpay: BTCPayServer, signed: str) -> None:
    if signed == "\ud800":
        signed = signature(btcpay.delivery(str(deposit.provider_reference)), "another secret")
    asked = len(btcpay.asked)
    body = btcpay.delivery(str(deposit.provider_reference))
    deliver(body, signed=signed).assert_problem(401, "invalid-webhook-signature")
    deliver(b"not even json", signed=signed).assert_problem(401, "invalid-webhook-signature")
    assert (state_of(deposit), len(btcpay.asked)) == ("requested", asked)


def test_one_changed_byte_breaks_the_signature(deposit: Deposit, btcpay: BTCPayServer) -> None:
    body = btcpay.delivery(str(deposit.provider_reference))
    deliver(body + b" ", signed=signature(body)).assert_problem(401, "invalid-webhook-signature")


@pytest.mark.parametrize("kind", ["unknown invoice", "wrong store"])
def test_what_is_not_ours_is_answered_with_thanks(deposit: Deposit, btcpay: BTCPayServer, kind: str) -> None:
    reference = str(deposit.provider_reference)
    body = btcpay.delivery("elsewhere") if kind == "unknown invoice" else btcpay.delivery(reference, storeId="other")
    answer = deliver(body)
    assert (answer.status, answer.json(), state_of(deposit)) == (200, {"result": "ignored"}, "requested")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b"[" * 60_000,
        b"{}",
        b'{"deliveryId": 1, "type": "x", "storeId": "s", "invoiceId": "i"}',
        b'{"deliveryId": "", "type": "x", "storeId": "s", "invoiceId": "i"}',
        b'{"deliveryId": "d", "type": "x", "storeId": "s", "invoiceId": "\\u0000"}',
        b'{"deliveryId": "d", "type": "x", "storeId": "s", "invoiceId": "i", "x": ["\\ud800"]}',
        b'{"deliveryId": "' + b"d" * 121 + b'", "type": "x", "storeId": "s", "invoiceId": "i"}',
    ],
)
def test_signed_nonsense_is_refused(btcpay: BTCPayServer, body: bytes) -> None:
    deliver(body).assert_problem(400, "invalid-input")


def test_a_huge_message_is_not_read(btcpay: BTCPayServer) -> None:
    deliver(b'{"deliveryId": "' + b"d" * 70_000 + b'"}').assert_problem(413, "body-too-large")


def test_numbers_beyond_all_reason_are_kept_as_they_came(deposit: Deposit, btcpay: BTCPayServer) -> None:
    body = btcpay.delivery(str(deposit.provider_reference)).replace(b"1772366400", b"1e400")
    assert deliver(body).json() == {"result": "done"}
    assert WebhookDelivery.objects.get().body["timestamp"] == "1e400"


def test_where_btcpay_is_not_set_up_nobody_is_let_in(btcpay: BTCPayServer, settings: Settings) -> None:
    settings.BTCPAY_WEBHOOK_SECRET = ""
    body = btcpay.delivery("x")
    deliver(body, signed=signature(body, "")).assert_problem(503, "payment-provider-unavailable")


def test_it_is_a_door_for_posting_only(btcpay: BTCPayServer) -> None:
    Api().get(PATH).assert_problem(405, "method-not-allowed")
