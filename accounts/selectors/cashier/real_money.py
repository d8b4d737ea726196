"""Reads the cashier's terms, and each person's deposits, withdrawals and beneficiaries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet, Sum, Value

from accounts.domain.cashier.real_money import Bounds, DepositState, Provider, WithdrawalState, start_of_day
from accounts.models import Beneficiary, CashierTerms, Deposit, Withdrawal
from accounts.models.cashier import payment_key
from accounts.selectors.cashier.currencies import real_currencies
from accounts.selectors.ledger.wallets import wallets_of


@dataclass(frozen=True, slots=True)
class Allowance:
    """The amounts that one person may pay in and out today in one currency, with the terms behind them."""

    terms: CashierTerms
    deposit: Bounds
    withdrawal: Bounds

    @property
    def takes_deposits(self) -> bool:
        """Whether deposits are open in an enabled currency. Withdrawals don't need an enabled currency."""
        return self.terms.deposits_open and self.terms.currency in settings.REAL_CURRENCIES


def terms_of(currency: str) -> CashierTerms | None:
    """Returns the operator's terms for this currency; None without terms."""
    return CashierTerms.objects.filter(currency=currency).first()


def deposit_terms(currency: str) -> CashierTerms | None:
    """Returns the terms if the operator has enabled the currency and opened its deposits; else None."""
    terms = terms_of(currency)
    return terms if terms and terms.deposits_open and currency in settings.REAL_CURRENCIES else None


def allowances_of(user_id: int, now: datetime) -> list[Allowance]:
    """Returns this person's allowance for today in each currency with terms."""
    return [
        Allowance(terms, deposit_bounds(terms, user_id, now), withdrawal_bounds(terms, user_id, now))
        for terms in CashierTerms.objects.order_by("currency")
    ]


def currencies_closed(user_id: int, open_ones: Iterable[str]) -> list[str]:
    """Returns the real currencies, enabled or in this person's wallets, that aren't among the open ones."""
    own = {wallet.currency for wallet in wallets_of(user_id) if not wallet.demo}
    return sorted({*real_currencies(), *own} - {*open_ones})


def deposit_bounds(terms: CashierTerms, user_id: int, now: datetime) -> Bounds:
    """Exact while the person's wallet is locked. Today's deposits count unless they were refused or have expired."""
    given_up = (DepositState.REFUSED, DepositState.EXPIRED)
    rows = Deposit.objects.filter(user_id=user_id, currency=terms.currency, requested_at__gte=start_of_day(now))
    used = rows.exclude(state__in=given_up).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Bounds(terms.currency, terms.deposit_min, max(terms.deposit_daily_max - used, Decimal(0)))


def withdrawal_bounds(terms: CashierTerms, user_id: int, now: datetime) -> Bounds:
    """Exact while the person's wallet is locked. Today's withdrawals count unless they were refused or cancelled."""
    given_up = (WithdrawalState.REFUSED, WithdrawalState.CANCELLED)
    rows = Withdrawal.objects.filter(user_id=user_id, currency=terms.currency, requested_at__gte=start_of_day(now))
    used = rows.exclude(state__in=given_up).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return Bounds(terms.currency, terms.withdrawal_min, max(terms.withdrawal_daily_max - used, Decimal(0)))


def deposits_of(user_id: int, *, limit: int, before: UUID | None = None) -> list[Deposit]:
    """Returns one person's deposits, newest first."""
    rows = Deposit.objects.filter(user_id=user_id).order_by("-id")
    return list(rows.filter(id__lt=before)[:limit] if before else rows[:limit])


def deposit_of(user_id: int, deposit_id: UUID) -> Deposit | None:
    """Returns a person's own deposit; None for another person's."""
    return Deposit.objects.filter(user_id=user_id, pk=deposit_id).first()


def deposits_of_payment(provider: str, reference: str) -> QuerySet[Deposit]:
    """Returns the deposit of this payment, if any. Case and spaces of the reference don't matter."""
    rows = Deposit.objects.alias(key=payment_key(F("provider_reference")))
    return rows.filter(provider=provider, key=payment_key(Value(reference)))


def withdrawals_of(user_id: int, *, limit: int, before: UUID | None = None) -> list[Withdrawal]:
    """Returns one person's withdrawals, newest first, each with its beneficiary."""
    rows = Withdrawal.objects.filter(user_id=user_id).select_related("beneficiary").order_by("-id")
    return list(rows.filter(id__lt=before)[:limit] if before else rows[:limit])


def withdrawal_of(user_id: int, withdrawal_id: UUID) -> Withdrawal | None:
    """Returns a person's own withdrawal; None for another person's."""
    return Withdrawal.objects.select_related("beneficiary").filter(user_id=user_id, pk=withdrawal_id).first()


def beneficiaries_of(user_id: int) -> list[Beneficiary]:
    """Returns this person's beneficiaries, also those that aren't usable yet."""
    return list(Beneficiary.objects.filter(user_id=user_id, removed_at=None).order_by("id"))


def deposits_waiting(now: datetime, *, limit: int) -> list[Deposit]:
    """Returns the deposits to ask a provider about and the overdue ones, in the order of their expiry."""
    waiting = Deposit.objects.filter(state=DepositState.REQUESTED)
    asked = waiting.filter(provider_reference__isnull=False).exclude(provider=Provider.MANUAL)
    return list((asked | waiting.filter(expires_at__lte=now)).order_by("expires_at")[:limit])
