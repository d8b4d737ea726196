"""Endings (rules 7 and 9): how each result moves the money of its trade. The settlement's SQL takes these numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from accounts.domain.ledger.transfers import Phase, TransferKind
from trading.domain.settlement import Result


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of the stake's hold, and the house's payment: the trade's own amounts, each times its factor."""

    stake_phase: Phase
    """The house keeps a posted stake. The trader keeps a stake whose hold is voided."""

    paid_as: TransferKind | None = None
    of_payout: int = 0
    of_stake: int = 0
    of_sale: int = 0

    @property
    def stake_kept(self) -> int:
        """The part of the stake that the house keeps: 1 or 0."""
        return 1 if self.stake_phase is Phase.POST else 0

    def profit(self, *, stake: Decimal, payout: Decimal, sale: Decimal = Decimal(0)) -> Decimal:
        """The trader's net result, negative for a loss: the house's payment less the stake that it keeps."""
        paid = self.of_payout * payout + self.of_stake * stake + self.of_sale * sale
        return paid - self.stake_kept * stake


class Ended(NamedTuple):
    """What counts of a trade that has ended: `due_at` is the second that decided it, `paid` the house's payment."""

    result: str
    demo: bool
    due_at: datetime
    paid: Decimal


ENDINGS: Mapping[Result, Ending] = {
    Result.WON: Ending(Phase.VOID, TransferKind.PAYOUT, of_payout=1, of_stake=-1),
    Result.LOST: Ending(Phase.POST),
    Result.TIED: Ending(Phase.VOID),
    Result.VOIDED: Ending(Phase.VOID),
    Result.SOLD: Ending(Phase.POST, TransferKind.SALE, of_sale=1),
}
"""A win's payout includes the stake. The trader has it again by the void of its hold, so the house pays the rest."""
