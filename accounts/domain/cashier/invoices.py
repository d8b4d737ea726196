"""What a payment provider says about an invoice, and what follows for its deposit."""

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
    """An invoice as its provider has it now. `paid` is None where the provider doesn't tell the sum.

    `note` is what makes it a special case in the provider's own word (paid over, late, in part, marked by hand),
    empty for none.
    """

    reference: str
    order_id: str
    state: InvoiceState
    amount: Decimal
    currency: str
    paid: Decimal | None = None
    note: str = ""


class Verdict(StrEnum):
    """WAIT: nothing to do yet; CREDIT: paid exactly; EXPIRE: never paid; REVIEW: somebody must look."""

    WAIT = "wait"
    CREDIT = "credit"
    EXPIRE = "expire"
    REVIEW = "review"


def judge(invoice: InvoiceStatus, *, amount: Decimal, currency: str) -> tuple[Verdict, str]:
    """What follows for a deposit of this amount, and why when somebody must look.

    Only what was paid exactly as asked is credited by the machine.
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
