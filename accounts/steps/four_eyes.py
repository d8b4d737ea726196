"""Four eyes on money: the amount from which two members of staff must decide, and nobody decides on their own."""

from decimal import Decimal

from accounts.domain.approvals.requests import OwnRequest
from accounts.domain.cashier.real_money import SecondApprovalRequired
from accounts.domain.money import write_money
from accounts.models import CashierTerms


def require_below_four_eyes(amount: Decimal, currency: str) -> None:
    """Raises SecondApprovalRequired for amounts that need two people; without terms, for every amount."""
    terms = CashierTerms.objects.filter(currency=currency).first()
    if terms is None or amount >= terms.four_eyes_from:
        least = write_money(terms.four_eyes_from if terms else Decimal(0), currency)
        raise SecondApprovalRequired(f"From {least} {currency} on", four_eyes_from=least)


def require_not_own(staff_id: int, owner_id: int) -> None:
    """Raises OwnRequest: nobody decides on their own money."""
    if staff_id == owner_id:
        raise OwnRequest
