from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.approvals.staff_decisions import CREDIT_DEPOSIT
from accounts.domain.cashier.invoices import InvoiceStatus, Verdict, judge
from accounts.domain.cashier.real_money import DepositState, Provider, WrongState
from accounts.domain.errors import NotFound, Said, mark
from accounts.models import Deposit
from accounts.payments.providers import provider_named
from accounts.steps.cashier.end_deposit import end_deposit, review_deposit
from accounts.steps.cashier.lock_cashier import lock_deposit
from accounts.steps.four_eyes import require_not_own
from accounts.steps.require_permission import require_permission


def follow_invoice(*, deposit_id: UUID, now: datetime, asked_by: int | None = None) -> Deposit:
    """Ask the provider for the state of a deposit's invoice, and apply it. It is safe to run any number of times.

    A deposit without an invoice has no provider to ask: it expires after its time. Raises PaymentProviderUnavailable.
    `asked_by` is a member of staff who doesn't want to wait for the sweep: then it also raises NotFound, NotPermitted,
    OwnRequest, and WrongState where there is nothing to ask.
    """
    deposit = Deposit.objects.filter(pk=deposit_id).first()
    if deposit is None:
        raise NotFound(str(deposit_id))
    if asked_by is not None:
        _check_asking(deposit, asked_by)
    provider = provider_named(deposit.provider)
    asked = provider is not None and deposit.provider_reference is not None
    invoice = provider.invoice_status(deposit.provider_reference or "") if provider and asked else None
    with transaction.atomic(durable=True):
        deposit = lock_deposit(deposit_id)
        if asked:
            apply_status(deposit, invoice, now=now)
        elif deposit.state == DepositState.REQUESTED and deposit.expires_at <= now:
            end_deposit(deposit, DepositState.EXPIRED, now=now)
    return deposit


def _check_asking(deposit: Deposit, asked_by: int) -> None:
    require_permission(asked_by, CREDIT_DEPOSIT.alone)
    require_not_own(deposit, asked_by)
    if deposit.provider == Provider.MANUAL or deposit.state not in (DepositState.REQUESTED, DepositState.EXPIRED):
        raise WrongState(
            Said(mark("It is {state}: there is nothing to ask the provider"), state=deposit.state), state=deposit.state
        )


def apply_status(deposit: Deposit, invoice: InvoiceStatus | None, *, now: datetime) -> None:
    """Apply an invoice's state to its deposit, inside a transaction that holds the deposit's lock.

    Only a deposit that waits for its payment is credited or expires. A payment of an expired one goes to staff.
    """
    verdict, why = _judge(deposit, invoice, now)
    if deposit.state == DepositState.REQUESTED:
        if verdict is Verdict.CREDIT:
            end_deposit(deposit, DepositState.DONE, now=now)
        elif verdict is Verdict.EXPIRE:
            end_deposit(deposit, DepositState.EXPIRED, now=now)
        elif verdict is Verdict.REVIEW:
            review_deposit(deposit, why)
    elif deposit.state == DepositState.EXPIRED and verdict in (Verdict.CREDIT, Verdict.REVIEW):
        review_deposit(deposit, why or "paid after it had expired")


def _judge(deposit: Deposit, invoice: InvoiceStatus | None, now: datetime) -> tuple[Verdict, str]:
    if invoice is None:
        lost = deposit.state == DepositState.REQUESTED and deposit.expires_at <= now
        return (Verdict.REVIEW, "the provider knows no such invoice") if lost else (Verdict.WAIT, "")
    if invoice.order_id != str(deposit.pk):
        return Verdict.REVIEW, f"the invoice is of order {invoice.order_id[:60]!r}"
    return judge(invoice, amount=deposit.amount, currency=deposit.currency)
