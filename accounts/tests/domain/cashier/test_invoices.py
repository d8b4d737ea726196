"""A payment is credited without staff only if it is the requested amount, at the decimal places of its currency."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.cashier.invoices import InvoiceState, InvoiceStatus, Verdict, judge
from accounts.domain.money import SCALES, step

currencies = st.sampled_from(sorted(SCALES))
units = st.integers(1, 10**12)
fractions = st.integers(-(10**12) + 1, 10**12 - 1).map(lambda share: Decimal(share) / 10**12 / 2)
"""Of the currency's smallest amount: less than half of it, in either direction."""


def settled(amount: Decimal, currency: str, paid: Decimal | None) -> InvoiceStatus:
    return InvoiceStatus("i", "o", InvoiceState.SETTLED, amount, currency, paid)


@settings(max_examples=200)
@given(currencies, units, fractions, st.integers(-3, 3))
def test_the_remainder_of_a_conversion_is_no_difference_and_the_smallest_amount_is_one(
    currency: str, count: int, remainder: Decimal, off: int
) -> None:
    smallest = step(currency)
    amount = count * smallest
    paid = amount + (off + remainder) * smallest
    verdict, _why = judge(settled(amount, currency, paid), amount=amount, currency=currency)
    assert verdict is (Verdict.REVIEW if off else Verdict.CREDIT)


@pytest.mark.parametrize(
    ("paid", "verdict"),
    [
        (None, Verdict.CREDIT),
        ("99.99999999999999999999", Verdict.CREDIT),
        ("100.00000000000000000001", Verdict.CREDIT),
        ("99.9951", Verdict.CREDIT),
        ("99.9949", Verdict.REVIEW),
        ("100.01", Verdict.REVIEW),
        ("0", Verdict.REVIEW),
        ("-100", Verdict.REVIEW),
    ],
)
def test_examples(paid: str | None, verdict: Verdict) -> None:
    invoice = settled(Decimal(100), "USDT", None if paid is None else Decimal(paid))
    assert judge(invoice, amount=Decimal("100.00"), currency="USDT")[0] is verdict


@pytest.mark.parametrize("state", InvoiceState)
def test_with_a_note_nothing_is_credited(state: InvoiceState) -> None:
    invoice = replace(settled(Decimal(100), "USDT", Decimal(100)), state=state, note="odd")
    assert judge(invoice, amount=Decimal(100), currency="USDT")[0] is not Verdict.CREDIT


def test_the_smallest_rest_of_an_expired_invoice_goes_to_staff() -> None:
    invoice = replace(settled(Decimal(100), "USDT", Decimal("0.001")), state=InvoiceState.EXPIRED)
    assert judge(invoice, amount=Decimal(100), currency="USDT")[0] is Verdict.REVIEW
