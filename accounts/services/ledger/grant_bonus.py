"""The action that gives a trader a bonus, with four eyes."""

from datetime import datetime
from decimal import Decimal

from accounts.approval_actions import Action, Arguments, Field, Request
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import FieldError, InvalidInput, Said, mark
from accounts.domain.ledger.transfers import AccountKind, TransferKind
from accounts.domain.limits.exclusions import PersonExcluded
from accounts.domain.notation import write_instant
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.services.ledger import adjust_balance
from accounts.steps.move_against_house import move_against_house


def read_arguments(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `amount`: more than zero, otherwise as for an adjustment."""
    read = adjust_balance.read_arguments(subject, arguments)
    if Decimal(str(read["amount"])) < 0:
        raise InvalidInput(fields=(FieldError("amount", "not-positive", "a bonus must be above zero"),))
    return read


def execute(request: Request, now: datetime) -> None:
    """Move the amount from the operator's bonus account to the wallet. From then on it is normal money of the trader.

    Raises PersonExcluded, AccountFrozen, AccountClosed.
    """
    wallet = adjust_balance.adjusted_wallet(request.about)
    move_against_house(
        wallet_id=wallet.id,
        amount=Decimal(request.arguments["amount"]),
        kind=TransferKind.BONUS,
        reference=request.id,
        now=now,
        operator=AccountKind.BONUS,
    )
    # Check after the wallet is locked: nobody can exclude themselves in between.
    restrictions = restrictions_on(wallet.owner_id, now=now)
    restrictions.check_active()
    if restrictions.exclusion is not None:
        raise PersonExcluded(Said(mark("until {time}"), time=write_instant(restrictions.exclusion.ends_at)))


GRANT_BONUS = Action(
    name="grant_bonus",
    title=mark("Grant a bonus"),
    read_arguments=read_arguments,
    execute=execute,
    describe=adjust_balance.describe,
    owner=adjust_balance.owner,
    requesters=(Role.SUPPORT, Role.FINANCE),
    approvers=(Role.FINANCE, Role.RISK),
    fields=(
        Field(
            "amount",
            mark("Amount"),
            mark("The amount that the wallet gets; it belongs to the trader from then on."),
            amount=True,
        ),
    ),
    subject_page="admin:accounts_ledgeraccount_change",
)
