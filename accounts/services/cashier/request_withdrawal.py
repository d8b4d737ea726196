from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.domain.access.scopes import SECOND_FACTOR_LOCK, SecondFactorNotSet, SecondFactorWrong
from accounts.domain.cashier.real_money import (
    BeneficiaryNotUsable,
    CashierClosed,
    InsufficientForWithdrawal,
    Provider,
    WithdrawalRequest,
    WithdrawalsPaused,
)
from accounts.domain.errors import IdempotencyKeyReused, NotFound, Said, mark
from accounts.domain.identity import new_id
from accounts.domain.ledger.transfers import Phase
from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from accounts.models import Beneficiary, CashierTerms, User, Withdrawal
from accounts.selectors.access.guards import has_second_factor
from accounts.selectors.access.second_factors import second_factor_removed_at
from accounts.selectors.cashier.real_money import terms_of, withdrawal_bounds
from accounts.services.access.check_second_factor import try_second_factor
from accounts.steps.cashier.move_real_money import pay_out
from accounts.steps.lock_wallets import LockedWallet, lock_wallets
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.may_move_money import require_active
from accounts.steps.tell_by_mail import tell_by_mail
from accounts.tracing import traced


@dataclass(frozen=True, slots=True)
class RequestedWithdrawal:
    """A withdrawal in review with its money reserved; `replayed` if an earlier request with this key opened it."""

    withdrawal: Withdrawal
    replayed: bool


@traced
def request_withdrawal(
    request: WithdrawalRequest, *, code: str | None, by_api_key: bool, now: datetime
) -> RequestedWithdrawal:
    """Reserve amount and fee, and send the withdrawal to staff. A person gives a `code` of their second factor.

    An API key gives none, but its owner must have a second factor. Idempotent: a known key returns its withdrawal; for
    other contents it raises IdempotencyKeyReused. Raises NotFound (the beneficiary), BeneficiaryNotUsable,
    CashierClosed, AmountOutOfBounds, DailyMaximumReached, InsufficientForWithdrawal, AccountFrozen, AccountClosed,
    WithdrawalsPaused, and as `check_second_factor`. Exclusions don't stop withdrawals.
    """
    require_active(request.user_id)
    requested = _known(request)
    if requested is None:
        with transaction.atomic(durable=True):
            requested = _reserve(request, code, by_api_key, now)
    if requested is None:
        raise SecondFactorWrong
    return requested


def _reserve(
    request: WithdrawalRequest, code: str | None, by_api_key: bool, now: datetime
) -> RequestedWithdrawal | None:
    """Returns None for a wrong code. The code is checked last: a request refused for another reason spends none."""
    # Locked: nobody can remove it in between.
    usable = Beneficiary.objects.select_for_update(no_key=True).filter(removed_at=None)
    beneficiary = usable.filter(pk=request.beneficiary_id, user_id=request.user_id).first()
    if beneficiary is None:
        raise NotFound(str(request.beneficiary_id))
    wallet = lock_wallets(owner_ids=[request.user_id], currency=beneficiary.currency, demo=False).get(request.user_id)
    known = _known(request)
    if known is not None:
        return known
    require_active(request.user_id)
    user = User.objects.get(pk=request.user_id)
    _check_second_factor_kept(user, now)
    terms, wallet = _granted(request, beneficiary, wallet, now)
    if not by_api_key and try_second_factor(user=user, code=code, now=now) is None:
        return None
    withdrawal = _store(request, beneficiary, wallet, terms, now)
    pay_out(withdrawal, Phase.PENDING, now=now)
    facts = {"currency": withdrawal.currency, "beneficiary": beneficiary.label}
    tell_by_mail(user.pk, "withdrawal_requested", amount=write_money(request.amount, withdrawal.currency), **facts)
    log_on_commit("withdrawal requested", withdrawal_id=withdrawal.pk, user_id=user.pk, currency=withdrawal.currency)
    return RequestedWithdrawal(withdrawal, replayed=False)


def _check_second_factor_kept(user: User, now: datetime) -> None:
    if not has_second_factor(user):
        raise SecondFactorNotSet
    removed_at = second_factor_removed_at(user.pk)
    if removed_at and now < removed_at + SECOND_FACTOR_LOCK:
        until = write_instant(removed_at + SECOND_FACTOR_LOCK)
        raise WithdrawalsPaused(Said(mark("until {time}"), time=until), until=until)


def _known(request: WithdrawalRequest) -> RequestedWithdrawal | None:
    rows = Withdrawal.objects.select_related("beneficiary")
    known = rows.filter(user_id=request.user_id, idempotency_key=request.idempotency_key).first()
    if known is None:
        return None
    if (known.beneficiary_id, known.amount) != (request.beneficiary_id, request.amount):
        raise IdempotencyKeyReused(request.idempotency_key)
    return RequestedWithdrawal(known, replayed=True)


def _granted(
    request: WithdrawalRequest, beneficiary: Beneficiary, wallet: LockedWallet | None, now: datetime
) -> tuple[CashierTerms, LockedWallet]:
    """Return the terms and the wallet, if terms, wallet and beneficiary allow the withdrawal."""
    if now < beneficiary.usable_from:
        usable_from = write_instant(beneficiary.usable_from)
        raise BeneficiaryNotUsable(Said(mark("Usable from {time}"), time=usable_from), usable_from=usable_from)
    terms = terms_of(beneficiary.currency)
    if terms is None or not terms.withdrawals_open or wallet is None:
        raise CashierClosed(beneficiary.currency)
    withdrawal_bounds(terms, request.user_id, now).check(request.amount)
    if wallet.available < request.amount + terms.withdrawal_fee:
        raise InsufficientForWithdrawal
    return terms, wallet


def _store(
    request: WithdrawalRequest, beneficiary: Beneficiary, wallet: LockedWallet, terms: CashierTerms, now: datetime
) -> Withdrawal:
    return Withdrawal.objects.create(
        id=new_id(now),
        user_id=request.user_id,
        wallet_id=wallet.id,
        beneficiary=beneficiary,
        idempotency_key=request.idempotency_key,
        amount=request.amount,
        fee=terms.withdrawal_fee,
        currency=beneficiary.currency,
        provider=Provider.MANUAL,
        requested_at=now,
    )
