"""The double entry: a transfer moves one positive amount from one account to another, for ever.

A *pending* transfer reserves the amount on its source; later it is either *posted* (the amount moves)
or *voided* (the reservation ends). A *single* transfer moves at once.
"""

from collections.abc import Mapping
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
    SALE = "sale"
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
class Route:
    """Between which kinds of account a transfer may move, and in which books: demo, real or both."""

    source: AccountKind
    target: AccountKind
    books: tuple[bool, ...] = (True, False)
    """Values of `demo`."""


DEMO, REAL = (True,), (False,)
_FROM_HOUSE = Route(AccountKind.HOUSE, AccountKind.WALLET)
_TO_HOUSE = Route(AccountKind.WALLET, AccountKind.HOUSE)
ROUTES: Mapping[TransferKind, tuple[Route, ...]] = {
    TransferKind.GRANT: (Route(AccountKind.FUNDING, AccountKind.WALLET, DEMO),),
    TransferKind.RETURN: (Route(AccountKind.WALLET, AccountKind.FUNDING, DEMO),),
    TransferKind.STAKE: (_TO_HOUSE,),
    TransferKind.PAYOUT: (_FROM_HOUSE,),
    TransferKind.SALE: (_FROM_HOUSE,),
    TransferKind.DEPOSIT: (Route(AccountKind.FUNDING, AccountKind.WALLET, REAL),),
    TransferKind.WITHDRAWAL: (Route(AccountKind.WALLET, AccountKind.FUNDING, REAL),),
    TransferKind.FEE: (Route(AccountKind.WALLET, AccountKind.FEES, REAL),),
    TransferKind.BONUS: (Route(AccountKind.BONUS, AccountKind.WALLET),),
    TransferKind.ADJUSTMENT: (_FROM_HOUSE, _TO_HOUSE),
    TransferKind.REVERSAL: (_FROM_HOUSE, _TO_HOUSE),
}
"""All that may be. The database refuses the rest: see accounts/sql/ledger/ledger_permits.sql."""


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
