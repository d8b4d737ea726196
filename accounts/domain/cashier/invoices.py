"""Judges a payment provider's invoice: credit the deposit, wait, let it expire, or send it to review."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from accounts.domain.money import step


class InvoiceState(StrEnum):
    OPEN = "open"
    PROCESSING = "processing"
    SETTLED = "settled"
    EXPIRED = "expired"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class InvoiceStatus:
    """An invoice in its present state at the provider. `paid` is None if the provider doesn't report the sum.

    `note` names a special case: in the provider's own word (paid over, late, in part, marked by hand), or in ours for
    a reported sum that can't be read. It is empty for none.
    """

    reference: str
    order_id: str
    state: InvoiceState
    amount: Decimal
    currency: str
    paid: Decimal | None = None
    note: str = ""


class Verdict(StrEnum):
    """WAIT: nothing to do yet; CREDIT: paid exactly; EXPIRE: never paid; REVIEW: staff must look."""

    WAIT = "wait"
    CREDIT = "credit"
    EXPIRE = "expire"
    REVIEW = "review"


def judge(invoice: InvoiceStatus, *, amount: Decimal, currency: str) -> tuple[Verdict, str]:
    """Returns the verdict for a deposit of this amount, and for REVIEW the reason.

    The platform credits without staff only a payment of exactly the requested amount. The provider converts the coins
    that it received at a rate, so the sum that it tells has a remainder: what counts is the nearest amount that the
    currency can express.
    """
    paid = f"paid {invoice.paid} {invoice.currency}" if invoice.paid else "the sum paid is not told"
    odd = f"{invoice.state} {invoice.note}".strip() + f", {paid}"
    if (invoice.amount, invoice.currency) != (amount, currency):
        moved = invoice.state is not InvoiceState.OPEN
        return (Verdict.REVIEW, f"the invoice is over {invoice.amount} {invoice.currency}") if moved else _WAIT
    if invoice.state in (InvoiceState.OPEN, InvoiceState.PROCESSING):
        return _WAIT
    if invoice.state is InvoiceState.SETTLED:
        exact = not invoice.note and (invoice.paid is None or _at_scale(invoice.paid, currency) == amount)
        return (Verdict.CREDIT, "") if exact else (Verdict.REVIEW, odd)
    if invoice.state is InvoiceState.EXPIRED and not invoice.note and not invoice.paid:
        return Verdict.EXPIRE, ""
    return Verdict.REVIEW, odd


_WAIT = (Verdict.WAIT, "")


def _at_scale(told: Decimal, currency: str) -> Decimal:
    return told.quantize(step(currency), rounding=ROUND_HALF_EVEN)
