"""Real money on its way: the terms, and each person's deposits, withdrawals and beneficiaries."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import Sum

from accounts.domain.cashier import Bounds, DepositState, Provider, WithdrawalState, start_of_day
from accounts.models import Beneficiary, CashierTerms, Deposit, Withdrawal


@dataclass(frozen=True, slots=True)
class Counter:
    """The terms of one enabled currency, and what they leave one person today."""

    terms: CashierTerms
    deposit: Bounds
    withdrawal: Bounds


def open_terms(currency: str) -> CashierTerms | None:
    """The terms of a currency in which there is real money; None when there is none."""
    if currency not in settings.REAL_CURRENCIES:
        return None
    return CashierTerms.objects.filter(currency=currency).first()


def counters_of(user_id: int, now: datetime) -> list[Counter]:
    """What this person may pay in and out today, in each enabled currency that has terms."""
    rows = CashierTerms.objects.filter(currency__in=settings.REAL_CURRENCIES).order_by("currency")
    return [
        Counter(terms, deposit_bounds(terms, user_id, now), withdrawal_bounds(terms, user_id, now)) for terms in rows
    ]


def deposit_bounds(terms: CashierTerms, user_id: int, now: datetime) -> Bounds:
    """Exact while the person's wallet is locked. Deposits of today count until they were refused or expired."""
    given_up = (DepositState.REFUSED, DepositState.EXPIRED)
    rows = Deposit.objects.filter(user_id=user_id, currency=terms.currency, requested_at__gte=start_of_day(now))
    used = rows.exclude(state__in=given_up).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Bounds(terms.currency, terms.deposit_min, max(terms.deposit_daily_max - used, Decimal(0)))


def withdrawal_bounds(terms: CashierTerms, user_id: int, now: datetime) -> Bounds:
    """Exact while the person's wallet is locked. Withdrawals of today count until they were refused or cancelled."""
    given_up = (WithdrawalState.REFUSED, WithdrawalState.CANCELLED)
    rows = Withdrawal.objects.filter(user_id=user_id, currency=terms.currency, requested_at__gte=start_of_day(now))
    used = rows.exclude(state__in=given_up).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Bounds(terms.currency, terms.withdrawal_min, max(terms.withdrawal_daily_max - used, Decimal(0)))


def deposits_of(user_id: int, *, limit: int, before: UUID | None = None) -> list[Deposit]:
    """One person's deposits, newest first."""
    rows = Deposit.objects.filter(user_id=user_id).order_by("-id")
    return list(rows.filter(id__lt=before)[:limit] if before else rows[:limit])


def deposit_of(user_id: int, deposit_id: UUID) -> Deposit | None:
    """Somebody's own deposit; None for another person's."""
    return Deposit.objects.filter(user_id=user_id, pk=deposit_id).first()


def withdrawals_of(user_id: int, *, limit: int, before: UUID | None = None) -> list[Withdrawal]:
    """One person's withdrawals, newest first, each with its beneficiary."""
    rows = Withdrawal.objects.filter(user_id=user_id).select_related("beneficiary").order_by("-id")
    return list(rows.filter(id__lt=before)[:limit] if before else rows[:limit])


def withdrawal_of(user_id: int, withdrawal_id: UUID) -> Withdrawal | None:
    """Somebody's own withdrawal; None for another person's."""
    return Withdrawal.objects.select_related("beneficiary").filter(user_id=user_id, pk=withdrawal_id).first()


def beneficiaries_of(user_id: int) -> list[Beneficiary]:
    """Where this person's money may go, those that aren't usable yet included."""
    return list(Beneficiary.objects.filter(user_id=user_id, removed_at=None).order_by("id"))


def deposits_waiting(now: datetime, *, limit: int) -> list[Deposit]:
    """Deposits whose provider must be asked, or whose time is over; those that end first come first."""
    waiting = Deposit.objects.filter(state=DepositState.REQUESTED)
    asked = waiting.filter(provider_reference__isnull=False).exclude(provider=Provider.MANUAL)
    return list((asked | waiting.filter(expires_at__lte=now)).order_by("expires_at")[:limit])
