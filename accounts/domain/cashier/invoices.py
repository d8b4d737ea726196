"""Judges a payment provider's invoice: credit the deposit, wait, let it expire, or send it to review."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class InvoiceState(StrEnum):
    OPEN = "open"
    PROCESSING = "processing"
    SETTLED = "settled"
    EXPIRED = "expired"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class InvoiceStatus:
    """An invoice in its present state at the provider. `paid` is None if the provider doesn't report the sum.

    `note` names a special case in the provider's own word (paid over, late, in part, marked by hand). It is empty
    for none.
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

    The platform credits without staff only a payment of exactly the requested amount.
    """
    paid = f"paid {invoice.paid} {invoice.currency}" if invoice.paid else "the sum paid is not told"
    odd = f"{invoice.state} {invoice.note}".strip() + f", {paid}"
    if (invoice.amount, invoice.currency) != (amount, currency):
        moved = invoice.state is not InvoiceState.OPEN
        return (Verdict.REVIEW, f"the invoice is over {invoice.amount} {invoice.currency}") if moved else _WAIT
    if invoice.state in (InvoiceState.OPEN, InvoiceState.PROCESSING):
        return _WAIT
    if invoice.state is InvoiceState.SETTLED:
        exact = not invoice.note and invoice.paid in (None, amount)
        return (Verdict.CREDIT, "") if exact else (Verdict.REVIEW, odd)
    if invoice.state is InvoiceState.EXPIRED and not invoice.note and not invoice.paid:
        return Verdict.EXPIRE, ""
    return Verdict.REVIEW, odd


_WAIT = (Verdict.WAIT, "")
