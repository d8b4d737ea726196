"""Random histories: the database accepts the same transfers as a model of a few lines, with the same balances."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.ledger.transfers import ROUTES, AccountKind, Move, Phase, TransferKind
from accounts.models import LedgerAccount
from accounts.steps.post_transfers import post_transfers
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.books import PENDING, POST, SINGLE, Books, move, open_books, standing
from accounts.tests.cast import NOON

Fact = tuple[UUID, TransferKind]


class Wish(NamedTuple):
    """A transfer to try. A `faithful` resolution repeats the reservation of its fact; others have any values."""

    source: str
    target: str
    amount: str
    phase: Phase
    kind: TransferKind
    fact: int
    faithful: bool


ACCOUNTS = st.sampled_from(["alice", "bob", "house", "funding", "bonus"])
KINDS = [TransferKind.STAKE, TransferKind.PAYOUT, TransferKind.ADJUSTMENT, TransferKind.GRANT, TransferKind.RETURN]
WISHES = st.builds(
    Wish,
    source=ACCOUNTS,
    target=ACCOUNTS,
    amount=st.sampled_from(["0.01", "33.33", "4999.99", "5000", "9999.99", "10000", "12000"]),
    phase=st.sampled_from(Phase),
    kind=st.sampled_from([*KINDS, TransferKind.BONUS, TransferKind.DEPOSIT]),
    fact=st.integers(0, 3),
    faithful=st.integers(0, 4).map(bool),
)


@dataclass
class Model:
    """A model of the ledger."""

    kinds: dict[int, AccountKind]
    balance: defaultdict[int, Decimal]
    held: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    openings: dict[Fact, Move] = field(default_factory=dict)
    ended: frozenset[Fact] = frozenset()

    def after(self, moves: list[Move]) -> "Model | None":
        """Returns the ledger after a batch, or None if the database must refuse it. Openings precede resolutions."""
        new = replace(self, balance=self.balance.copy(), held=self.held.copy(), openings=dict(self.openings))
        for each in sorted(moves, key=lambda m: m.phase not in (SINGLE, PENDING)):
            if not (self.permits(each) and new.fits(each)):
                return None
            new.apply(each)
        wallets = [id for id, kind in self.kinds.items() if kind is AccountKind.WALLET]
        return new if all(0 <= new.held[w] <= new.balance[w] for w in wallets) else None

    def permits(self, move: Move) -> bool:
        ends = (self.kinds[move.source_id], self.kinds[move.target_id])
        return any(ends == (route.source, route.target) and True in route.books for route in ROUTES[move.kind])

    def fits(self, move: Move) -> bool:
        fact = (move.reference, move.kind)
        if move.phase in (SINGLE, PENDING):
            return fact not in self.openings
        return fact not in self.ended and self.openings.get(fact) == replace(move, phase=PENDING)

    def apply(self, move: Move) -> None:
        fact = (move.reference, move.kind)
        if move.phase in (SINGLE, PENDING):
            self.openings[fact] = move
        else:
            self.ended |= {fact}
            self.held[move.source_id] -= move.amount
        if move.phase is PENDING:
            self.held[move.source_id] += move.amount
        if move.phase in (SINGLE, POST):
            self.balance[move.source_id] -= move.amount
            self.balance[move.target_id] += move.amount


@pytest.fixture
def books(db: None) -> Books:
    return open_books()


@pytest.mark.long
@given(batches=st.lists(st.lists(WISHES, min_size=1, max_size=3), max_size=15))
@settings(max_examples=120)
def test_the_ledger_balances_after_any_history(books: Books, batches: list[list[Wish]]) -> None:
    with transaction.atomic():
        _live(books, batches)
        transaction.set_rollback(True)


def _live(books: Books, batches: list[list[Wish]]) -> None:
    start = {books.alice: Decimal(10000), books.bob: Decimal(10000), books.funding: Decimal(-20000)}
    kinds = dict(LedgerAccount.objects.values_list("id", "kind"))
    model = Model({id: AccountKind(kind) for id, kind in kinds.items()}, defaultdict(Decimal, start))
    for batch in batches:
        moves = [_move(books, model, wish) for wish in batch]
        after = model.after(moves)
        assert _posted(moves) == (after is not None), moves
        model = after or model
    assert_the_ledger_balances()
    for account in (books.alice, books.bob, books.house, books.funding, books.bonus):
        assert standing(account) == (model.balance[account], model.held[account])


def _move(books: Books, model: Model, wish: Wish) -> Move:
    opening = model.openings.get((UUID(int=wish.fact), wish.kind))
    if opening and wish.faithful and wish.phase not in (SINGLE, PENDING):
        return replace(opening, phase=wish.phase)
    source, target = getattr(books, wish.source), getattr(books, wish.target)
    return move(source, target, wish.amount, wish.phase, kind=wish.kind, reference=UUID(int=wish.fact))


def _posted(moves: list[Move]) -> bool:
    try:
        with transaction.atomic():
            post_transfers(moves, now=NOON)
    except IntegrityError:
        return False
    return True
