"""Moves withdrawals on, inside the caller's transaction and with the withdrawal's lock held."""

from datetime import datetime

from accounts.domain.cashier.real_money import WITHDRAWAL_STEPS, WithdrawalState, check_reference, check_step
from accounts.domain.ledger.transfers import Phase
from accounts.domain.money import write_money
from accounts.domain.webhooks.events import Event
from accounts.models import Withdrawal
from accounts.steps.cashier.move_real_money import pay_out
from accounts.steps.four_eyes import require_not_own
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.may_move_money import require_active
from accounts.steps.tell_by_mail import tell_by_mail
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook

MAILS = {WithdrawalState.DONE: "withdrawal_paid", WithdrawalState.REFUSED: "withdrawal_refused"}
"""The mails about a withdrawal's end. A cancellation needs none: the trader made it."""


def accept_withdrawal(withdrawal: Withdrawal, *, decided_by: int, now: datetime) -> None:
    """Approve a withdrawal for payment. Raises WrongState, OwnRequest, AccountFrozen, AccountClosed."""
    require_not_own(withdrawal, decided_by)
    check_step(WITHDRAWAL_STEPS, withdrawal.state, WithdrawalState.APPROVED)
    require_active(withdrawal.user_id)
    withdrawal.state, withdrawal.approved_at, withdrawal.decided_by_id = WithdrawalState.APPROVED, now, decided_by
    withdrawal.save(update_fields=["state", "approved_at", "decided_by"])
    _log(withdrawal)


def return_withdrawal(withdrawal: Withdrawal, *, reason: str, decided_by: int, now: datetime) -> None:
    """Return amount and fee to the trader, who reads the reason. Raises OwnRequest, InvalidInput, WrongState."""
    require_not_own(withdrawal, decided_by)
    withdrawal.reason, withdrawal.decided_by_id = check_reference("reason", reason, 500), decided_by
    end_withdrawal(withdrawal, WithdrawalState.REFUSED, now=now)


def end_withdrawal(withdrawal: Withdrawal, state: WithdrawalState, *, now: datetime) -> None:
    """Pay the money out (DONE), or return it. Raises WrongState, so no withdrawal is paid or returned twice."""
    check_step(WITHDRAWAL_STEPS, withdrawal.state, state)
    withdrawal.state, withdrawal.ended_at = state, now
    withdrawal.save(update_fields=["state", "ended_at", "reason", "decided_by", "provider_reference"])
    if state in MAILS:
        tell_by_mail(
            withdrawal.user_id,
            MAILS[state],
            amount=write_money(withdrawal.amount, withdrawal.currency),
            currency=withdrawal.currency,
            beneficiary=withdrawal.beneficiary.label,
            reference=withdrawal.provider_reference,
            reason=withdrawal.reason,
        )
    is_paid = state is WithdrawalState.DONE
    pay_out(withdrawal, Phase.POST if is_paid else Phase.VOID, now=now)
    event = Event.WITHDRAWAL_PAID if is_paid else Event.WITHDRAWAL_RETURNED
    tell_by_webhook(event, [(withdrawal.user_id, withdrawal.pk)], now=now)
    _log(withdrawal)


def _log(withdrawal: Withdrawal) -> None:
    log_on_commit(
        "withdrawal moved on",
        withdrawal_id=withdrawal.pk,
        user_id=withdrawal.user_id,
        state=withdrawal.state,
        decided_by=withdrawal.decided_by_id,
    )
