"""The actions with four eyes on withdrawals: approve, refuse or complete a large one, declare a payment failed."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Field, Request, last_decider
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.staff_decisions import (
    APPROVE_WITHDRAWAL,
    COMPLETE_WITHDRAWAL,
    FAIL_WITHDRAWAL,
    REFUSE_WITHDRAWAL,
)
from accounts.domain.approvals.subjects import Subject
from accounts.domain.cashier.real_money import (
    WITHDRAWAL_STEPS,
    WithdrawalState,
    WrongState,
    check_payment,
    check_reference,
    check_step,
)
from accounts.domain.errors import NotFound, Said, mark
from accounts.domain.money import tell_money
from accounts.models import Withdrawal
from accounts.services.cashier.complete_withdrawal import record_payout
from accounts.services.cashier.refuse_withdrawal import require_in_review
from accounts.steps.cashier.end_withdrawal import accept_withdrawal, return_withdrawal
from accounts.steps.cashier.lock_cashier import lock_withdrawal


def _withdrawal(subject: Subject) -> Withdrawal:
    found = Withdrawal.objects.select_related("beneficiary", "user").filter(pk=subject.uuid("withdrawal")).first()
    if found is None:
        raise NotFound(str(subject))
    return found


def _locked(request: Request) -> Withdrawal:
    return lock_withdrawal(request.about.uuid("withdrawal"))


def read_told(arguments: Arguments) -> dict[str, object]:
    """Takes `told`, the reason that the trader reads. Raises InvalidInput."""
    return {"told": check_reference("told", str(arguments.get("told", "")), 500)}


def _require_approved(withdrawal: Withdrawal) -> None:
    if withdrawal.state != WithdrawalState.APPROVED:
        raise WrongState(
            Said(mark("It is {state}, so no payment of it is under way"), state=withdrawal.state),
            state=withdrawal.state,
        )


def read_approval(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes no arguments. Raises NotFound, WrongState when there is nothing left to approve."""
    check_step(WITHDRAWAL_STEPS, _withdrawal(subject).state, WithdrawalState.APPROVED)
    return {}


def approve_large(request: Request, now: datetime) -> None:
    accept_withdrawal(_locked(request), decided_by=last_decider(request), now=now)


def read_refusal(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `told`, the reason that the trader reads. Raises NotFound, WrongState unless it is in review."""
    require_in_review(_withdrawal(subject))
    return read_told(arguments)


def refuse_large(request: Request, now: datetime) -> None:
    withdrawal = _locked(request)
    require_in_review(withdrawal)
    return_withdrawal(withdrawal, reason=request.arguments["told"], decided_by=last_decider(request), now=now)


def read_completion(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `reference`, the payment's id. Raises NotFound, WrongState unless it is approved."""
    check_step(WITHDRAWAL_STEPS, _withdrawal(subject).state, WithdrawalState.DONE)
    return {"reference": check_payment(str(arguments.get("reference", "")))}


def complete_large(request: Request, now: datetime) -> None:
    reference = request.arguments["reference"]
    record_payout(_locked(request), reference=reference, decided_by=last_decider(request), now=now)


def read_failure(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `told`, the reason that the trader reads. Raises NotFound, WrongState unless it is approved."""
    _require_approved(_withdrawal(subject))
    return read_told(arguments)


def fail(request: Request, now: datetime) -> None:
    """Give the money back, because the payment has not come through."""
    withdrawal = _locked(request)
    _require_approved(withdrawal)
    return_withdrawal(withdrawal, reason=request.arguments["told"], decided_by=last_decider(request), now=now)


def describe_withdrawal(request: Request) -> Sequence[tuple[str, str]]:
    withdrawal, arguments = _withdrawal(request.about), request.arguments
    lines = [
        (gettext("Person"), withdrawal.user.email),
        (gettext("Amount"), tell_money(withdrawal.amount, withdrawal.currency)),
        (gettext("Beneficiary"), f"{withdrawal.beneficiary.label}: {withdrawal.beneficiary.address}"),
        (gettext("State"), str(withdrawal.get_state_display())),
        (gettext("Payment"), str(arguments.get("reference", ""))),
        (gettext("The trader reads"), str(arguments.get("told", ""))),
    ]
    return [(label, value) for label, value in lines if value]


PAYMENT = Field("reference", mark("Payment"), mark("The payment's own id, of the bank or the chain."))
TOLD = Field("told", mark("Reason, which the trader reads"))
_withdrawal_action = partial(
    Action,
    describe=describe_withdrawal,
    owner=lambda subject: _withdrawal(subject).user_id,
    requesters=(Role.FINANCE,),
    approvers=(Role.FINANCE, Role.RISK),
    subject_page="admin:accounts_withdrawal_change",
)
LARGE_WITHDRAWAL = _withdrawal_action(
    name=APPROVE_WITHDRAWAL.together,
    title=mark("Approve a large withdrawal"),
    read_arguments=read_approval,
    execute=approve_large,
)
REFUSE_LARGE_WITHDRAWAL = _withdrawal_action(
    name=REFUSE_WITHDRAWAL.together,
    title=mark("Refuse a large withdrawal"),
    read_arguments=read_refusal,
    execute=refuse_large,
    fields=(TOLD,),
)
COMPLETE_LARGE_WITHDRAWAL = _withdrawal_action(
    name=COMPLETE_WITHDRAWAL.together,
    title=mark("Record the payment of a large withdrawal, or of a frozen account's"),
    read_arguments=read_completion,
    execute=complete_large,
    fields=(PAYMENT,),
)
FAILED_WITHDRAWAL = _withdrawal_action(
    name=FAIL_WITHDRAWAL.together,
    title=mark("Declare the payment of a withdrawal failed, and give the money back"),
    read_arguments=read_failure,
    execute=fail,
    approvals_needed=FAIL_WITHDRAWAL.approvals_needed,
    fields=(TOLD,),
)
