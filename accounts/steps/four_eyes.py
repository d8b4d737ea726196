"""Four eyes on money: from the terms' amount on two members of staff must decide, and nobody decides on their own."""

from datetime import datetime
from decimal import Decimal

from accounts.domain.approvals.requests import NotPermitted, OwnRequest
from accounts.domain.approvals.staff_decisions import StaffDecision
from accounts.domain.cashier.real_money import SecondApprovalRequired
from accounts.domain.errors import Said, mark
from accounts.domain.money import write_money
from accounts.models import CashierTerms, Deposit, Withdrawal
from accounts.selectors.cashier.approved_lately import approved_lately
from accounts.steps.require_permission import require_permission

FROM = mark("From {least} {currency} on")
FROM_LATELY = mark("From {least} {currency} on, with {before} approved in the last 24 hours")


def require_alone(
    decision: StaffDecision, money: Deposit | Withdrawal, *, decided_by: int, now: datetime | None = None
) -> None:
    """Check that one person may take this decision on the locked deposit or withdrawal.

    Raises NotPermitted, OwnRequest, and SecondApprovalRequired for amounts that need two people; without terms, for
    every amount. A decision that sums up takes `now`; the amounts approved in the day before it count too.
    """
    if not decision.alone:
        raise NotPermitted(decision.together)
    require_permission(decided_by, decision.alone)
    require_not_own(money, decided_by)
    terms = CashierTerms.objects.filter(currency=money.currency).first()
    before = _summed_before(decision, money, now)
    if terms is None or before + money.amount >= terms.four_eyes_from:
        least = write_money(terms.four_eyes_from if terms else Decimal(0), money.currency)
        form = FROM_LATELY if before else FROM
        lately = write_money(before, money.currency)
        told = Said(form, least=least, currency=money.currency, before=lately)
        raise SecondApprovalRequired(told, four_eyes_from=least)


def _summed_before(decision: StaffDecision, money: Deposit | Withdrawal, now: datetime | None) -> Decimal:
    if not decision.sums_up:
        return Decimal(0)
    if now is None or not isinstance(money, Withdrawal):
        raise TypeError("a decision that sums up is about a withdrawal, at a time")
    return approved_lately(money, now=now)


def require_not_own(money: Deposit | Withdrawal, staff_id: int) -> None:
    """Raises OwnRequest: nobody decides on their own money."""
    if staff_id == money.user_id:
        raise OwnRequest
