"""Makes the transfers of deposits and withdrawals. Each has its id as the reference, so that each happens once."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.models import Deposit, Withdrawal
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers
from accounts.steps.publish_wallet_on_commit import publish_wallet_on_commit


def credit(deposit: Deposit, *, now: datetime) -> None:
    """Move the whole amount into the wallet, then the fee out of it."""
    ends = _Ends(deposit, now)
    moves = [ends.move(TransferKind.DEPOSIT, Phase.SINGLE, deposit.amount, into_wallet=True)]
    if deposit.fee:
        moves.append(ends.move(TransferKind.FEE, Phase.SINGLE, deposit.fee))
    _post(moves, deposit.wallet_id, now)


def pay_out(withdrawal: Withdrawal, phase: Phase, *, now: datetime) -> None:
    """Reserve amount and fee (PENDING), pay both out (POST) or return both (VOID)."""
    ends = _Ends(withdrawal, now)
    moves = [ends.move(TransferKind.WITHDRAWAL, phase, withdrawal.amount)]
    if withdrawal.fee:
        moves.append(ends.move(TransferKind.FEE, phase, withdrawal.fee))
    _post(moves, withdrawal.wallet_id, now)


class _Ends:
    """A wallet and the operator's accounts of its currency: the sources and targets of the transfers."""

    def __init__(self, of: Deposit | Withdrawal, now: datetime) -> None:
        self.of = of
        self.operator = open_operator_accounts(currency=of.currency, demo=False, now=now)

    def move(self, kind: TransferKind, phase: Phase, amount: Decimal, *, into_wallet: bool = False) -> Move:
        other = self.operator[AccountKind.FEES if kind is TransferKind.FEE else AccountKind.FUNDING]
        source, target = (other, self.of.wallet_id) if into_wallet else (self.of.wallet_id, other)
        reference: UUID = self.of.pk
        return Move(kind, phase, source, target, amount, self.of.currency, False, reference)


def _post(moves: list[Move], wallet_id: int, now: datetime) -> None:
    post_transfers(moves, now=now)
    publish_wallet_on_commit(wallet_id)
