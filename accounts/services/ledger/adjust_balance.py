"""The action that corrects a wallet's balance against the house, with four eyes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Field, Request
from accounts.domain.approvals.requests import ADJUSTMENT_MAX, RequestState, Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import FieldError, InvalidInput, NotFound, Said, mark
from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.money import round_down, tell_change, tell_money
from accounts.domain.notation import parse_typed_decimal, write_decimal
from accounts.selectors.ledger.wallets import Wallet, wallets_by_id
from accounts.selectors.people.person import email_of
from accounts.steps.move_against_house import move_against_house


def read_arguments(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `amount` at the currency's scale: positive gives to the wallet, negative takes from it."""
    wallet = adjusted_wallet(subject)
    amount = parse_typed_decimal(arguments.get("amount"))
    if amount is None or abs(amount) > ADJUSTMENT_MAX:
        raise _invalid(
            "invalid-number",
            Said(mark("a plain decimal number up to {most}, with a minus to take"), most=f"{ADJUSTMENT_MAX:,}"),
        )
    if amount == 0:
        raise _invalid("zero", "nothing to adjust")
    if amount != round_down(amount, wallet.currency):
        raise _invalid("too-many-places", f"more decimal places than {wallet.currency} has")
    return {"amount": write_decimal(amount)}


def adjusted_wallet(subject: Subject) -> Wallet:
    """Return the wallet of `wallet:<id>`. Raises NotFound."""
    found = wallets_by_id([subject.number("wallet")])
    if not found:
        raise NotFound(str(subject))
    return found[0]


def execute(request: Request, now: datetime) -> None:
    """Move the amount between the wallet and the house. Raises InsufficientFunds instead of overdrawing the wallet."""
    move_against_house(
        wallet_id=adjusted_wallet(request.about).id,
        amount=Decimal(request.arguments["amount"]),
        kind=TransferKind.ADJUSTMENT,
        reference=request.id,
        now=now,
    )


def describe(request: Request) -> Sequence[tuple[str, str]]:
    wallet = adjusted_wallet(request.about)
    currency, arguments = wallet.currency, request.arguments
    book = gettext("demo") if wallet.demo else gettext("real")
    lines = [
        (gettext("Owner"), email_of(wallet.owner_id)),
        (gettext("Available now"), f"{tell_money(wallet.available, currency)} ({book})"),
    ]
    if "amount" in arguments:
        change = Decimal(arguments["amount"])
        lines.insert(0, (gettext("Amount"), tell_change(change, currency)))
        if request.state == RequestState.PENDING:
            after = tell_money(wallet.available + change, currency)
            lines.append((gettext("Available afterwards"), f"{after} ({book})"))
    return lines


def owner(subject: Subject) -> int:
    return adjusted_wallet(subject).owner_id


def _invalid(code: str, message: str) -> InvalidInput:
    return InvalidInput(fields=(FieldError("amount", code, message),))


ADJUST_BALANCE = Action(
    name="adjust_balance",
    title=mark("Adjust a balance"),
    read_arguments=read_arguments,
    execute=execute,
    describe=describe,
    owner=owner,
    requesters=(Role.SUPPORT, Role.FINANCE),
    approvers=(Role.FINANCE, Role.RISK),
    fields=(
        Field(
            "amount",
            mark("Amount"),
            mark("The amount from the house to the wallet; with a minus, from the wallet to the house."),
            amount=True,
        ),
    ),
    subject_page="admin:accounts_ledgeraccount_change",
)
