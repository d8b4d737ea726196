"""The double entry: a transfer moves one positive amount from one account to another, for ever.

A *pending* transfer reserves the amount on its source. Later it is either *posted* (the amount moves)
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
    """The business fact of a transfer. GRANT and RETURN move demo money, DEPOSIT and WITHDRAWAL real money."""

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
    """The kinds of account that a transfer may connect, and its books: demo, real or both."""

    source: AccountKind
    target: AccountKind
    books: tuple[bool, ...] = (True, False)
    """The allowed values of `demo`."""


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
"""All allowed routes. The database refuses the others: see accounts/sql/ledger/ledger_permits.sql."""


@dataclass(frozen=True, slots=True)
class Move:
    """One transfer to make. `reference` and `kind` name its business fact (a trade's stake), which happens once."""

    kind: TransferKind
    phase: Phase
    source_id: int
    target_id: int
    amount: Decimal
    currency: str
    demo: bool
    reference: UUID
