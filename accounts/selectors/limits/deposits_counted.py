"""Sums a person's deposits for their own deposit limit."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from accounts.domain.cashier.real_money import DEPOSIT_ENDS, DepositState
from accounts.domain.limits.own_limits import window_start
from accounts.models import Deposit

NEVER_CAME = (DepositState.REFUSED, DepositState.EXPIRED)


def paid_in(user_id: int, currency: str, periods_days: Iterable[int], *, now: datetime) -> dict[int, Decimal]:
    """Returns, per period, the sum of the requested deposits, fees included, without refused and expired ones."""
    deposits = Deposit.objects.filter(user_id=user_id, currency=currency).exclude(state__in=NEVER_CAME)
    return {days: _sum(deposits.filter(requested_at__gte=window_start(days, now))) for days in periods_days}


def open_deposits(user_id: int, currency: str) -> Decimal:
    """Returns the sum of the deposits that are neither credited nor refused nor expired."""
    return _sum(Deposit.objects.filter(user_id=user_id, currency=currency).exclude(state__in=DEPOSIT_ENDS))


def _sum(deposits: QuerySet[Deposit]) -> Decimal:
    return deposits.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
