"""Deposits over BTCPay Server, over real sockets: credited deposits, deposits for staff, and failures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pytest_django import Settings

from accounts.domain.cashier.real_money import PaymentProviderUnavailable, WrongState
from accounts.models import Deposit, User
from accounts.payments import http
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.follow_invoice import follow_invoice
from accounts.services.cashier.open_deposit import open_deposit
from accounts.services.cashier.submit_deposit import submit_deposit
from accounts.services.cashier.sweep_deposits import sweep_deposits
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.btcpay_server import EXPIRES, Answer, BTCPayServer
from accounts.tests.cast import NOON
from accounts.tests.threads import at_once
from accounts.tests.till import Customer

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = datetime.fromtimestamp(EXPIRES, UTC) + timedelta(minutes=1)


def followed(deposit: Deposit, at: datetime = NOON) -> Deposit:
    return follow_invoice(deposit_id=deposit.pk, now=at)


def test_a_deposit_gets_an_invoice_and_is_credited_when_it_is_paid(payer: Customer, btcpay: BTCPayServer) -> None:
    deposit = payer.deposit("100")
    (invoice,) = btcpay.invoices.values()
    assert (invoice["amount"], invoice["currency"], invoice["metadata"]) == (
        "100.00",
        "USDT",
        {"orderId": str(deposit.pk)},
    )
    assert (deposit.provider_reference, deposit.checkout_url) == (invoice["id"], invoice["checkoutLink"])
    assert deposit.expires_at == datetime.fromtimestamp(EXPIRES, UTC)
    assert followed(deposit).state == "requested"
    btcpay.pay(invoice["id"], status="Processing")
    assert followed(deposit, AFTER).state == "requested"
    btcpay.pay(invoice["id"])
    assert (followed(deposit).state, followed(deposit).state) == ("done", "done")
    assert payer.money == ("100.00", "0.00")
    assert_the_ledger_balances()


@pytest.mark.parametrize(
    ("paid", "status", "additional"),
    [
        ("120.00", "Settled", "PaidOver"),
        ("99.50", "Settled", "None"),
        ("100.00", "Settled", "Marked"),
        ("40.00", "Expired", "PaidPartial"),
        ("100.00", "Expired", "PaidLate"),
        ("100.00", "Invalid", "None"),
        ("40.00", "Expired", "None"),
    ],
)
def test_what_was_not_paid_exactly_goes_to_staff(
    payer: Customer, btcpay: BTCPayServer, paid: str, status: str, additional: str
) -> None:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference), paid, status, additional)
    deposit = followed(deposit)
    assert (deposit.state, payer.money) == ("review", ("0.00", "0.00"))
    assert paid in deposit.reason
    btcpay.pay(str(deposit.provider_reference))
    assert followed(deposit).state == "review"


@pytest.mark.parametrize(
    "wrong", [{"amount": "1000000.00"}, {"currency": "BTC"}, {"metadata": {"orderId": "another"}}, {"metadata": None}]
)
def test_an_invoice_over_something_else_is_never_credited(
    payer: Customer, btcpay: BTCPayServer, wrong: dict[str, object]
) -> None:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference))
    btcpay.invoices[str(deposit.provider_reference)] |= wrong
    assert (followed(deposit).state, payer.money) == ("review", ("0.00", "0.00"))


def test_staff_credit_what_they_have_looked_at(payer: Customer, btcpay: BTCPayServer, fay: User) -> None:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference), "120.00", additional="PaidOver")
    followed(deposit)
    deposit = credit_deposit(deposit_id=deposit.pk, reference="", decided_by=fay.pk, now=NOON)
    assert (deposit.state, payer.money) == ("done", ("100.00", "0.00"))


def test_an_unpaid_invoice_expires_and_late_money_goes_to_staff(payer: Customer, btcpay: BTCPayServer) -> None:
    deposit = payer.deposit("100")
    reference = str(deposit.provider_reference)
    btcpay.pay(reference, "0.00", "Expired")
    assert followed(deposit, AFTER).state == "expired"
    btcpay.pay(reference, "100.00", "Expired", "PaidLate")
    deposit = followed(deposit, AFTER)
    assert (deposit.state, deposit.ended_at, payer.money) == ("review", None, ("0.00", "0.00"))


def test_the_sweep_finds_what_no_message_told(payer: Customer, btcpay: BTCPayServer) -> None:
    paid, unpaid = payer.deposit("100"), payer.deposit("50")
    btcpay.pay(str(paid.provider_reference))
    btcpay.pay(str(unpaid.provider_reference), "0.00", "Expired")
    assert sweep_deposits(now=AFTER) == 2
    assert set(Deposit.objects.values_list("pk", "state")) == {(paid.pk, "done"), (unpaid.pk, "expired")}
    assert sweep_deposits(now=AFTER) == 0


def test_an_invoice_that_was_lost_goes_to_staff_when_its_time_is_over(payer: Customer, btcpay: BTCPayServer) -> None:
    deposit = payer.deposit("100")
    btcpay.invoices.clear()
    assert followed(deposit).state == "requested"
    assert followed(deposit, AFTER).state == "review"


def test_a_lost_answer_makes_no_second_invoice(payer: Customer, btcpay: BTCPayServer) -> None:
    wish = payer.wish_deposit("100")

    def fail_after_opening() -> Answer:
        btcpay.broken = None
        if "POST" in btcpay.asked[-1]:
            deposit = Deposit.objects.get()
            btcpay._open({"amount": "100.00", "currency": "USDT", "metadata": {"orderId": str(deposit.pk)}})
            return 502, b"bad gateway"
        btcpay.broken = fail_after_opening
        return 200, b"[]"

    btcpay.broken = fail_after_opening
    with pytest.raises(PaymentProviderUnavailable):
        open_deposit(wish, now=NOON)
    again = open_deposit(wish, now=NOON)
    assert (again.replayed, list(btcpay.invoices)) == (True, [again.deposit.provider_reference])


def test_the_same_wish_by_many_has_one_invoice(payer: Customer, btcpay: BTCPayServer) -> None:
    wish = payer.wish_deposit("100")
    results = at_once([lambda: open_deposit(wish, now=NOON).deposit for _ in range(8)])
    assert {each.provider_reference for each in results} == {Deposit.objects.get().provider_reference}  # type: ignore[union-attr]


def html() -> Answer:
    return 200, b"<html>Welcome</html>"


BROKEN: dict[str, Callable[[], Answer]] = {
    "error": lambda: (500, b"oops"),
    "html": html,
    "empty": lambda: (200, b""),
    "not an object": lambda: (200, b"[1]"),
    "no members": lambda: (200, b"{}"),
    "null": lambda: (200, b"null"),
    "not utf-8": lambda: (200, b"\xff\xfe"),
    "deep": lambda: (200, b"[" * 100_000),
    "huge": lambda: (200, b'"' + b"x" * 1_000_000 + b'"'),
    "redirect": lambda: (302, b""),
    "denied": lambda: (403, b"{}"),
    "wrong types": lambda: (200, b'{"id": 1, "storeId": 2, "amount": NaN, "status": []}'),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_server_that_answers_nonsense_changes_nothing(payer: Customer, btcpay: BTCPayServer, how: str) -> None:
    deposit = payer.deposit("100")
    btcpay.broken = BROKEN[how]
    with pytest.raises(PaymentProviderUnavailable):
        followed(deposit, AFTER)
    with pytest.raises(PaymentProviderUnavailable):
        payer.deposit("50")
    assert sweep_deposits(now=NOON) == 0
    assert Deposit.objects.get(pk=deposit.pk).state == "requested"


@pytest.mark.parametrize("status", ["Paid", None, 7, ["Settled"]])
def test_a_status_that_nobody_knows_changes_nothing(payer: Customer, btcpay: BTCPayServer, status: object) -> None:
    deposit = payer.deposit("100")
    btcpay.invoices[str(deposit.provider_reference)]["status"] = status
    with pytest.raises(PaymentProviderUnavailable):
        followed(deposit)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "/relative", "", None, "http://x/" + "y" * 500])
def test_a_link_that_leads_astray_is_no_answer(payer: Customer, btcpay: BTCPayServer, link: object) -> None:
    answer = {"id": "x", "checkoutLink": link, "expirationTime": EXPIRES}
    btcpay.broken = lambda: (200, httpx.Response(200, json=answer).content if "POST" in btcpay.asked[-1] else b"[]")
    with pytest.raises(PaymentProviderUnavailable):
        payer.deposit("100")


def test_a_server_that_is_away_or_slow_is_given_up_soon(
    payer: Customer, btcpay: BTCPayServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deposit = payer.deposit("100")
    monkeypatch.setattr(http, "ANSWER_SECONDS_MAX", 0.05)
    btcpay.held.clear()
    with pytest.raises(PaymentProviderUnavailable):
        followed(deposit)
    btcpay.held.set()
    settings.BTCPAY_URL = "http://127.0.0.1:9"
    with pytest.raises(PaymentProviderUnavailable):
        followed(deposit)


def test_a_wish_that_met_a_broken_server_expires_by_itself(payer: Customer, btcpay: BTCPayServer) -> None:
    btcpay.broken = BROKEN["error"]
    with pytest.raises(PaymentProviderUnavailable):
        payer.deposit("100")
    btcpay.broken = None
    sweep_deposits(now=NOON + timedelta(hours=1))
    assert Deposit.objects.get().state == "expired"


def test_it_is_closed_until_it_is_set_up(payer: Customer, btcpay: BTCPayServer, settings: Settings) -> None:
    settings.BTCPAY_WEBHOOK_SECRET = ""
    with pytest.raises(PaymentProviderUnavailable):
        payer.deposit("100")
    assert not Deposit.objects.exists()


def test_the_trader_cannot_say_that_an_invoice_is_paid(payer: Customer, btcpay: BTCPayServer) -> None:
    with pytest.raises(WrongState):
        submit_deposit(deposit_id=payer.deposit("100").pk, user_id=payer.id, note="trust me")
