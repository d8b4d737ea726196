"""Reads the payments that wait for staff, the oldest first."""

from django.db.models import Q, QuerySet

from accounts.domain.cashier.real_money import DepositState, Provider, WithdrawalState
from accounts.models import Deposit, Withdrawal


def deposits_to_credit() -> QuerySet[Deposit]:
    """Deposits whose payment staff have to look for, or to judge: a provider brings the others by itself."""
    manual = Q(state=DepositState.REQUESTED, provider=Provider.MANUAL)
    return Deposit.objects.filter(Q(state=DepositState.REVIEW) | manual).order_by("requested_at")


def withdrawals_to_pay() -> QuerySet[Withdrawal]:
    """Withdrawals to approve or refuse, and approved ones that somebody has to pay out."""
    waiting = [WithdrawalState.REVIEW, WithdrawalState.APPROVED]
    return Withdrawal.objects.filter(state__in=waiting).order_by("requested_at")
