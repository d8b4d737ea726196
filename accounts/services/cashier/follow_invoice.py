from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.cashier.invoices import InvoiceStatus, Verdict, judge
from accounts.domain.cashier.real_money import DepositState
from accounts.models import Deposit
from accounts.payments.providers import provider_named
from accounts.steps.cashier.end_deposit import end_deposit, review_deposit
from accounts.steps.cashier.lock_cashier import lock_deposit


def follow_invoice(*, deposit_id: UUID, now: datetime) -> Deposit:
    """Ask the provider for the state of a deposit's invoice, and apply it. It is safe to run any number of times.

    A deposit without an invoice has no provider to ask: it expires after its time. Raises PaymentProviderUnavailable.
    """
    deposit = Deposit.objects.get(pk=deposit_id)
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
