"""The cashier's actions with four eyes: approve large withdrawals, credit large deposits."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Field
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.cashier.real_money import (
    DEPOSIT_STEPS,
    WITHDRAWAL_STEPS,
    DepositState,
    WithdrawalState,
    check_step,
)
from accounts.domain.errors import NotFound, mark
from accounts.domain.money import write_money
from accounts.models import ApprovalRequest, Deposit, Withdrawal
from accounts.services.cashier.credit_deposit import checked_payment, credit_seen_payment
from accounts.steps.end_withdrawal import accept_withdrawal
from accounts.steps.lock_cashier import lock_deposit, lock_withdrawal


def _decider(request: ApprovalRequest) -> int:
    """Return the person whose approval was the last one needed."""
    decision = request.decisions.order_by("-id").first()
    if decision is None:
        raise ValueError("nobody has decided")
    return decision.decided_by_id


def _withdrawal(subject: Subject) -> Withdrawal:
    found = Withdrawal.objects.select_related("beneficiary", "user").filter(pk=subject.uuid("withdrawal")).first()
    if found is None:
        raise NotFound(str(subject))
    return found


def _deposit(subject: Subject) -> Deposit:
    found = Deposit.objects.select_related("user").filter(pk=subject.uuid("deposit")).first()
    if found is None:
        raise NotFound(str(subject))
    return found


def read_withdrawal(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes no arguments. Raises NotFound, WrongState when there is nothing left to approve."""
    check_step(WITHDRAWAL_STEPS, _withdrawal(subject).state, WithdrawalState.APPROVED)
    return {}


def approve_large_withdrawal(request: ApprovalRequest, now: datetime) -> None:
    withdrawal = lock_withdrawal(request.about.uuid("withdrawal"))
    accept_withdrawal(withdrawal, decided_by=_decider(request), now=now)


def describe_withdrawal(request: ApprovalRequest) -> Sequence[tuple[str, str]]:
    withdrawal = _withdrawal(request.about)
    return [
        (gettext("Person"), withdrawal.user.email),
        (gettext("Amount"), f"{write_money(withdrawal.amount, withdrawal.currency)} {withdrawal.currency}"),
        (gettext("Beneficiary"), f"{withdrawal.beneficiary.label}: {withdrawal.beneficiary.address}"),
        (gettext("State"), str(withdrawal.get_state_display())),
    ]


def read_deposit(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `reference`, the payment's id, for a deposit paid by instructions. Raises as `credit_deposit`."""
    deposit = _deposit(subject)
    check_step(DEPOSIT_STEPS, deposit.state, DepositState.DONE)
    return {"reference": checked_payment(deposit, str(arguments.get("reference", "")))}


def credit_large_deposit(request: ApprovalRequest, now: datetime) -> None:
    deposit = lock_deposit(request.about.uuid("deposit"))
    reference = str(request.arguments["reference"])
    credit_seen_payment(deposit, reference=reference, decided_by=_decider(request), now=now)


def describe_deposit(request: ApprovalRequest) -> Sequence[tuple[str, str]]:
    deposit, payment = _deposit(request.about), request.arguments.get("reference")
    lines = [
        (gettext("Person"), deposit.user.email),
        (gettext("Amount"), f"{write_money(deposit.amount, deposit.currency)} {deposit.currency}"),
        (gettext("State"), str(deposit.get_state_display())),
    ]
    return [*lines, (gettext("Payment"), str(payment))] if payment else lines


LARGE_WITHDRAWAL = Action(
    name="large_withdrawal",
    title=mark("Approve a large withdrawal"),
    read_arguments=read_withdrawal,
    execute=approve_large_withdrawal,
    describe=describe_withdrawal,
    owner=lambda subject: _withdrawal(subject).user_id,
    requesters=(Role.FINANCE,),
    approvers=(Role.FINANCE, Role.RISK),
    subject_page="admin:accounts_withdrawal_change",
)
LARGE_DEPOSIT = Action(
    name="large_deposit",
    title=mark("Credit a large deposit"),
    read_arguments=read_deposit,
    execute=credit_large_deposit,
    describe=describe_deposit,
    owner=lambda subject: _deposit(subject).user_id,
    requesters=(Role.FINANCE,),
    approvers=(Role.FINANCE, Role.RISK),
    fields=(Field("reference", mark("Payment"), mark("The payment's own id, of the bank or the chain.")),),
    subject_page="admin:accounts_deposit_change",
)
