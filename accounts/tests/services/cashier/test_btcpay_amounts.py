"""The sums that BTCPay tells: credited when equal at the currency's decimal places, else for staff."""

import pytest

from accounts.domain.cashier.real_money import PaymentProviderUnavailable
from accounts.models import Deposit
from accounts.services.cashier.follow_invoice import follow_invoice
from accounts.tests.btcpay_server import BTCPayServer
from accounts.tests.cast import NOON
from accounts.tests.till import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def followed(deposit: Deposit) -> Deposit:
    return follow_invoice(deposit_id=deposit.pk, now=NOON)


@pytest.mark.parametrize("paid", ["99.99999999999999999999", "100.0000000000000000000000001", 100, 100.004, 99.996])
def test_a_sum_that_a_conversion_has_rounded_is_credited(
    payer: Customer, btcpay: BTCPayServer, paid: str | float
) -> None:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference))
    btcpay.invoices[str(deposit.provider_reference)]["paidAmount"] = paid
    assert (followed(deposit).state, payer.money) == ("done", ("100.00", "0.00"))


@pytest.mark.parametrize(
    "paid", ["", "100,00", "1e2", "NaN", "١٠٠", "\0", "\ud800", None, True, [], {}, 1e300, "9" * 19]
)
def test_a_sum_that_cannot_be_read_goes_to_staff(payer: Customer, btcpay: BTCPayServer, paid: object) -> None:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference))
    btcpay.invoices[str(deposit.provider_reference)]["paidAmount"] = paid
    deposit = followed(deposit)
    assert (deposit.state, payer.money) == ("review", ("0.00", "0.00"))
    assert "unreadable paidAmount" in deposit.reason


def test_a_server_that_tells_no_sum_tells_enough_by_its_status(payer: Customer, btcpay: BTCPayServer) -> None:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference))
    del btcpay.invoices[str(deposit.provider_reference)]["paidAmount"]
    assert (followed(deposit).state, payer.money) == ("done", ("100.00", "0.00"))


@pytest.mark.parametrize(
    "wrong", [{"currency": "US\0DT"}, {"additionalStatus": "\ud800"}, {"additionalStatus": "x" * 121}]
)
def test_a_text_that_cannot_be_stored_is_no_answer(
    payer: Customer, btcpay: BTCPayServer, wrong: dict[str, object]
) -> None:
    deposit = payer.deposit("100")
    btcpay.pay(str(deposit.provider_reference))
    btcpay.invoices[str(deposit.provider_reference)] |= wrong
    with pytest.raises(PaymentProviderUnavailable):
        followed(deposit)
