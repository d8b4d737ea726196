"""Two wallets and the operator's accounts of one currency and book, for the tests of the ledger."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID, uuid4

from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.models import LedgerAccount
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.tests.cast import NOON, person

PENDING, POST, VOID, SINGLE = Phase.PENDING, Phase.POST, Phase.VOID, Phase.SINGLE


@dataclass(frozen=True)
class Books:
    """Ids of demo accounts in USDT: the wallets of alice and bob hold 10,000.00 each."""

    alice: int
    bob: int
    house: int
    funding: int
    fees: int
    bonus: int


def open_books() -> Books:
    """Opens the demo book with alice and bob."""
    alice, bob = person("alice"), person("bob")
    operator = open_operator_accounts(currency="USDT", demo=True, now=NOON)
    kinds = (AccountKind.HOUSE, AccountKind.FUNDING, AccountKind.FEES, AccountKind.BONUS)
    return Books(alice.wallet.id, bob.wallet.id, *(operator[kind] for kind in kinds))


def move(
    source: int,
    target: int,
    amount: str = "10",
    phase: Phase = SINGLE,
    *,
    kind: TransferKind = TransferKind.STAKE,
    reference: UUID | None = None,
) -> Move:
    """Returns one transfer of the demo book in USDT."""
    return Move(kind, phase, source, target, Decimal(amount), "USDT", True, reference or uuid4())


def standing(account: int) -> tuple[Decimal, Decimal]:
    """Returns an account's balance and hold."""
    row = LedgerAccount.objects.get(pk=account)
    return row.balance, row.held
