"""A wallet's statement: one line per transfer, with its changes of balance and hold and the values after it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.domain.errors import mark
from accounts.domain.ledger.transfers import Phase, TransferKind

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer from a wallet's point of view. With `outgoing`, the wallet is its source."""

    id: int
    at: datetime
    kind: TransferKind
    phase: Phase
    outgoing: bool
    value: Decimal
    reference: UUID

    @property
    def amount(self) -> Decimal:
        """The signed change of the balance."""
        if self.phase in (Phase.PENDING, Phase.VOID):
            return NOTHING
        return -self.value if self.outgoing else self.value

    @property
    def held_change(self) -> Decimal:
        """The signed change of the hold: a pending transfer reserves, its post or void ends the reservation."""
        if self.phase is Phase.SINGLE or not self.outgoing:
            return NOTHING
        return self.value if self.phase is Phase.PENDING else -self.value


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, with the wallet's balance and hold right after it."""

    entry: Entry
    balance: Decimal
    held: Decimal


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Selects lines by kind, by time (since ≤ time < until) and by reference. None selects all."""

    kind: TransferKind | None = None
    since: datetime | None = None
    until: datetime | None = None
    reference: UUID | None = None

    def admits(self, entry: Entry) -> bool:
        return (
            (self.kind is None or entry.kind is self.kind)
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
            and (self.reference is None or entry.reference == self.reference)
        )


@dataclass(slots=True)
class RunningBalance:
    """Recomputes a wallet from its first transfer on. An account starts empty."""

    balance: Decimal = NOTHING
    held: Decimal = NOTHING

    def lines(self, entries: Iterable[Entry]) -> Iterator[Line]:
        """Returns the lines of these entries. The entries are in order and follow the earlier ones."""
        for entry in entries:
            self.balance += entry.amount
            self.held += entry.held_change
            yield Line(entry, self.balance, self.held)


def description(entry: Entry) -> str:
    """Describes the entry in English, marked for translation."""
    if entry.kind in (TransferKind.ADJUSTMENT, TransferKind.REVERSAL):
        taken, given = _BOTH_WAYS[entry.kind]
        return taken if entry.outgoing else given
    return _DESCRIPTIONS[entry.kind].get(entry.phase) or _DESCRIPTIONS[entry.kind][Phase.SINGLE]


_BOTH_WAYS = {
    TransferKind.ADJUSTMENT: (mark("Taken by the operator"), mark("Given by the operator")),
    TransferKind.REVERSAL: (mark("Win of a void trade taken back"), mark("Loss of a void trade given back")),
}
_DESCRIPTIONS: Mapping[TransferKind, Mapping[Phase, str]] = {
    TransferKind.GRANT: {Phase.SINGLE: mark("Demo money granted")},
    TransferKind.RETURN: {Phase.SINGLE: mark("Demo money returned")},
    TransferKind.STAKE: {
        Phase.SINGLE: mark("Stake lost"),
        Phase.PENDING: mark("Stake held"),
        Phase.POST: mark("Stake paid"),
        Phase.VOID: mark("Stake returned"),
    },
    TransferKind.PAYOUT: {Phase.SINGLE: mark("Win paid")},
    TransferKind.SALE: {Phase.SINGLE: mark("Trade sold early")},
    TransferKind.DEPOSIT: {Phase.SINGLE: mark("Deposit")},
    TransferKind.WITHDRAWAL: {
        Phase.SINGLE: mark("Withdrawal paid out"),
        Phase.PENDING: mark("Withdrawal held"),
        Phase.POST: mark("Withdrawal paid out"),
        Phase.VOID: mark("Withdrawal returned"),
    },
    TransferKind.FEE: {
        Phase.SINGLE: mark("Fee"),
        Phase.PENDING: mark("Fee held"),
        Phase.POST: mark("Fee"),
        Phase.VOID: mark("Fee returned"),
    },
    TransferKind.BONUS: {Phase.SINGLE: mark("Bonus")},
}
