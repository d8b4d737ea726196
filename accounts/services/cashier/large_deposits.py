"""The actions with four eyes on deposits: credit a large one, refuse a large one."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Request, last_decider
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.staff_decisions import CREDIT_DEPOSIT, REFUSE_DEPOSIT
from accounts.domain.approvals.subjects import Subject
from accounts.domain.cashier.real_money import DEPOSIT_STEPS, DepositState, check_step
from accounts.domain.errors import NotFound, mark
from accounts.domain.money import tell_money
from accounts.models import Deposit
from accounts.services.cashier.credit_deposit import checked_payment, credit_seen_payment
from accounts.services.cashier.large_withdrawals import PAYMENT, TOLD, read_told
from accounts.services.cashier.refuse_deposit import refuse_missing_payment
from accounts.steps.cashier.lock_cashier import lock_deposit


def _deposit(subject: Subject) -> Deposit:
    found = Deposit.objects.select_related("user").filter(pk=subject.uuid("deposit")).first()
    if found is None:
        raise NotFound(str(subject))
    return found


def read_credit(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `reference`, the payment's id, for a deposit paid by instructions. Raises as `credit_deposit`."""
    deposit = _deposit(subject)
    check_step(DEPOSIT_STEPS, deposit.state, DepositState.DONE)
    return {"reference": checked_payment(deposit, str(arguments.get("reference", "")))}


def credit_large_deposit(request: Request, now: datetime) -> None:
    deposit = lock_deposit(request.about.uuid("deposit"))
    reference = str(request.arguments["reference"])
    credit_seen_payment(deposit, reference=reference, decided_by=last_decider(request), now=now)


def read_refusal(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `told`, the reason that the trader reads. Raises as `refuse_deposit`."""
    check_step(DEPOSIT_STEPS, _deposit(subject).state, DepositState.REFUSED)
    return read_told(arguments)


def refuse_large_deposit(request: Request, now: datetime) -> None:
    deposit = lock_deposit(request.about.uuid("deposit"))
    refuse_missing_payment(deposit, reason=str(request.arguments["told"]), decided_by=last_decider(request), now=now)


def describe_deposit(request: Request) -> Sequence[tuple[str, str]]:
    deposit, arguments = _deposit(request.about), request.arguments
    lines = [
        (gettext("Person"), deposit.user.email),
        (gettext("Amount"), tell_money(deposit.amount, deposit.currency)),
        (gettext("State"), str(deposit.get_state_display())),
        (gettext("Payment"), str(arguments.get("reference", ""))),
        (gettext("The trader reads"), str(arguments.get("told", ""))),
    ]
    return [(label, value) for label, value in lines if value]


_deposit_action = partial(
    Action,
    describe=describe_deposit,
    owner=lambda subject: _deposit(subject).user_id,
    requesters=(Role.FINANCE,),
    approvers=(Role.FINANCE, Role.RISK),
    subject_page="admin:accounts_deposit_change",
)
LARGE_DEPOSIT = _deposit_action(
    name=CREDIT_DEPOSIT.together,
    title=mark("Credit a large deposit"),
    read_arguments=read_credit,
    execute=credit_large_deposit,
    fields=(PAYMENT,),
)
REFUSE_LARGE_DEPOSIT = _deposit_action(
    name=REFUSE_DEPOSIT.together,
    title=mark("Refuse a large deposit"),
    read_arguments=read_refusal,
    execute=refuse_large_deposit,
    fields=(TOLD,),
)
