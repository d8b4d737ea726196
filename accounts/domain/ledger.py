"""The double entry: a transfer moves one positive amount from one account to another, for ever.

A *pending* transfer reserves the amount on its source; later it is either *posted* (the amount moves)
or *voided* (the reservation ends). A *single* transfer moves at once.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class AccountKind(StrEnum):
    WALLET = "wallet"
    HOUSE = "house"
    FUNDING = "funding"
    FEES = "fees"
    BONUS = "bonus"


class TransferKind(StrEnum):
    """Which business fact a transfer belongs to. GRANT and RETURN are of demo money; DEPOSIT and WITHDRAWAL of real."""

    GRANT = "grant"
    RETURN = "return"
    STAKE = "stake"
    PAYOUT = "payout"
    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    FEE = "fee"
    BONUS = "bonus"
    ADJUSTMENT = "adjustment"
    REVERSAL = "reversal"


class Phase(StrEnum):
    SINGLE = "single"
    PENDING = "pending"
    POST = "post"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Move:
    """One transfer to be made. `reference` with `kind` names the business fact (a trade's stake): it happens once."""

    kind: TransferKind
    phase: Phase
    source_id: int
    target_id: int
    amount: Decimal
    currency: str
    demo: bool
    reference: UUID
