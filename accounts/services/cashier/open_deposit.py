from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.domain.cashier.real_money import CashierClosed, DepositRequest, DepositState, Provider
from accounts.domain.cashier.terms import PAYMENT_WAITS
from accounts.domain.errors import IdempotencyKeyReused
from accounts.domain.identity import new_id
from accounts.models import Deposit
from accounts.payments.protocol import Invoice
from accounts.payments.providers import provider_named
from accounts.selectors.cashier.real_money import deposit_bounds, deposit_terms
from accounts.selectors.ledger.wallets import wallets_by_id
from accounts.services.ledger.open_wallet import open_wallet
from accounts.steps.cashier.check_money_in import check_money_in
from accounts.steps.cashier.lock_cashier import lock_deposit
from accounts.steps.lock_wallets import lock_wallets
from accounts.steps.log_on_commit import log_on_commit
from accounts.tracing import traced


@dataclass(frozen=True, slots=True)
class OpenedDeposit:
    """A deposit that waits for its payment; `replayed` if an earlier request with this key opened it."""

    deposit: Deposit
    replayed: bool


@traced
def open_deposit(request: DepositRequest, *, now: datetime) -> OpenedDeposit:
    """Store the request, then ask the provider for an invoice, outside of any transaction.

    Idempotent: a known key returns its deposit; for other contents it raises IdempotencyKeyReused. A deposit without
    an invoice, because the provider was unavailable, gets one then. Raises CashierClosed, AmountOutOfBounds,
    DailyMaximumReached, PaymentProviderUnavailable, and as `check_money_in`.
    """
    _open_wallet(request, now)
    with transaction.atomic(durable=True):
        opened = _store(request, now)
    deposit = opened.deposit
    provider = provider_named(deposit.provider)
    if provider and deposit.provider_reference is None and deposit.state == DepositState.REQUESTED:
        deposit = _attach(deposit, provider.open_invoice(deposit))
    return OpenedDeposit(deposit, opened.replayed)


def _open_wallet(request: DepositRequest, now: datetime) -> None:
    if deposit_terms(request.currency) is not None:
        open_wallet(user_id=request.user_id, currency=request.currency, now=now)


def _store(request: DepositRequest, now: datetime) -> OpenedDeposit:
    wallet = lock_wallets(owner_ids=[request.user_id], currency=request.currency, demo=False).get(request.user_id)
    known = Deposit.objects.filter(user_id=request.user_id, idempotency_key=request.idempotency_key).first()
    if known is not None:
        if (known.currency, known.amount) != (request.currency, request.amount):
            raise IdempotencyKeyReused(request.idempotency_key)
        return OpenedDeposit(known, replayed=True)
    terms = deposit_terms(request.currency)
    if terms is None or wallet is None:
        raise CashierClosed(request.currency)
    provider_named(terms.deposit_provider)  # refuses before anything is stored
    deposit_bounds(terms, request.user_id, now).check(request.amount)
    check_money_in(
        user_id=request.user_id,
        currency=request.currency,
        demo=False,
        balance=wallets_by_id([wallet.id])[0].balance,
        amount=request.amount,
        now=now,
    )
    deposit = Deposit.objects.create(
        id=new_id(now),
        user_id=request.user_id,
        wallet_id=wallet.id,
        idempotency_key=request.idempotency_key,
        amount=request.amount,
        fee=terms.deposit_fee,
        currency=request.currency,
        provider=terms.deposit_provider,
        requested_at=now,
        expires_at=now + PAYMENT_WAITS[Provider(terms.deposit_provider)],
    )
    log_on_commit("deposit requested", deposit_id=deposit.pk, user_id=deposit.user_id, currency=deposit.currency)
    return OpenedDeposit(deposit, replayed=False)


def _attach(deposit: Deposit, invoice: Invoice) -> Deposit:
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit.pk)
        # Two equal requests may run at once: the first invoice is the deposit's, and nobody sees the other one.
        if deposit.provider_reference is None and deposit.state == DepositState.REQUESTED:
            deposit.provider_reference, deposit.checkout_url = invoice.reference, invoice.checkout_url
            deposit.expires_at = invoice.expires_at
            deposit.save(update_fields=["provider_reference", "checkout_url", "expires_at"])
    return deposit
