"""Ends deposits, inside the caller's transaction and with the deposit's lock held."""

from datetime import datetime

from accounts.domain.cashier.real_money import DEPOSIT_STEPS, DepositState, check_step
from accounts.domain.money import write_money
from accounts.domain.webhooks.events import Event
from accounts.models import Deposit
from accounts.steps.cashier.move_real_money import credit
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.tell_by_mail import tell_by_mail
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook

EVENTS = {DepositState.DONE: Event.DEPOSIT_CREDITED, DepositState.REFUSED: Event.DEPOSIT_REFUSED}


def end_deposit(
    deposit: Deposit, state: DepositState, *, now: datetime, decided_by: int | None = None, reason: str = ""
) -> None:
    """Credit a deposit (DONE), refuse it or let it expire. Raises WrongState, so no deposit is credited twice."""
    check_step(DEPOSIT_STEPS, deposit.state, state)
    deposit.state, deposit.ended_at, deposit.decided_by_id = state, now, decided_by
    deposit.reason = reason or deposit.reason
    deposit.save(update_fields=["state", "ended_at", "decided_by", "reason", "provider_reference"])
    if state is DepositState.DONE:
        credit(deposit, now=now)
        tell_by_mail(
            deposit.user_id,
            "deposit_credited",
            amount=write_money(deposit.amount - deposit.fee, deposit.currency),
            fee=write_money(deposit.fee, deposit.currency) if deposit.fee else "",
            currency=deposit.currency,
        )
    if state in EVENTS:
        tell_by_webhook(EVENTS[state], [(deposit.user_id, deposit.pk)], now=now)
    _log(deposit)


def review_deposit(deposit: Deposit, reason: str) -> None:
    """Send a deposit to staff, also if it had expired before its payment came."""
    check_step(DEPOSIT_STEPS, deposit.state, DepositState.REVIEW)
    deposit.state, deposit.reason, deposit.ended_at = DepositState.REVIEW, reason, None
    deposit.save(update_fields=["state", "reason", "ended_at"])
    _log(deposit)


def _log(deposit: Deposit) -> None:
    log_on_commit(
        "deposit moved on",
        deposit_id=deposit.pk,
        user_id=deposit.user_id,
        state=deposit.state,
        provider=deposit.provider,
        decided_by=deposit.decided_by_id,
    )
