from datetime import datetime
from uuid import UUID

from accounts.domain.approvals.staff_decisions import CREDIT_DEPOSIT
from accounts.domain.cashier.real_money import DepositState, Provider, WrongState
from accounts.domain.errors import NotFound
from accounts.models import Deposit
from accounts.services.cashier.follow_invoice import follow_invoice
from accounts.steps.four_eyes import require_not_own
from accounts.steps.require_permission import require_permission


def ask_provider(*, deposit_id: UUID, asked_by: int, now: datetime) -> Deposit:
    """Ask the provider about a deposit again, as a member of staff who doesn't want to wait for the sweep.

    Raises NotFound, NotPermitted, OwnRequest, WrongState where there is nothing to ask: a payment by hand, or an end;
    PaymentProviderUnavailable.
    """
    deposit = Deposit.objects.filter(pk=deposit_id).first()
    if deposit is None:
        raise NotFound(str(deposit_id))
    require_permission(asked_by, CREDIT_DEPOSIT.alone)
    require_not_own(deposit, asked_by)
    if deposit.provider == Provider.MANUAL or deposit.state not in (DepositState.REQUESTED, DepositState.EXPIRED):
        raise WrongState(f"It is {deposit.state}, by {deposit.provider}: there is nothing to ask", state=deposit.state)
    return follow_invoice(deposit_id=deposit_id, now=now)
