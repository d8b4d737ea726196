from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from accounts.domain.approvals.staff_decisions import DAY
from accounts.domain.cashier.real_money import WithdrawalState
from accounts.models import Withdrawal


def approved_lately(withdrawal: Withdrawal, *, now: datetime) -> Decimal:
    """Returns the sum of the other withdrawals of its owner, in its currency, that were approved in the last 24 hours.

    Exact while the owner's wallet is locked.
    """
    others = Withdrawal.objects.filter(
        user_id=withdrawal.user_id,
        currency=withdrawal.currency,
        state__in=(WithdrawalState.APPROVED, WithdrawalState.DONE),
        approved_at__gt=now - DAY,
    ).exclude(pk=withdrawal.pk)
    return others.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
