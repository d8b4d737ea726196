"""Every statement line shows exactly the wallet's balance and hold after it."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import chain, count, pairwise
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.ledger.statement import Line, RunningBalance, StatementFilter
from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.selectors.ledger.statement import entries_in_order, statement_page
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers
from accounts.tests.books import PENDING, POST, VOID, move, open_books, standing
from accounts.tests.cast import NOON, person
from accounts.tests.threads import at_once

NUMBERS = count()


def whole(wallet: int) -> list[Line]:
    """Returns all lines of a wallet, oldest first."""
    return list(RunningBalance().lines(chain.from_iterable(entries_in_order(wallet))))


def pages(wallet: int, wanted: StatementFilter, limit: int) -> list[Line]:
    """Returns all lines in pages, newest first."""
    lines = page = statement_page(wallet, wanted, limit=limit)
    while page:
        page = statement_page(wallet, wanted, before=page[-1].entry.id, limit=limit)
        lines = lines + page
    return lines


@pytest.mark.parametrize(
    ("end", "amount", "held_change", "balance"), [(POST, "-100", "-100", "9900"), (VOID, "0", "-100", "10000")]
)
def test_a_stake_is_held_and_then_lost_or_returned(
    db: None, end: Phase, amount: str, held_change: str, balance: str
) -> None:
    books = open_books()
    opening = move(books.alice, books.house, "100", PENDING)
    with transaction.atomic():
        post_transfers([opening], now=NOON)
        post_transfers([move(books.alice, books.house, "100", end, reference=opening.reference)], now=NOON)
    last, held, granted = statement_page(books.alice, StatementFilter())
    assert (last.entry.amount, last.entry.held_change) == (Decimal(amount), Decimal(held_change))
    assert (last.balance, last.held) == (Decimal(balance), 0)
    assert (held.entry.amount, held.entry.held_change, held.balance, held.held) == (0, 100, 10000, 100)
    assert (granted.entry.amount, granted.balance, granted.entry.kind) == (10000, 10000, "grant")


FACTS = [UUID(int=n) for n in range(1, 4)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["stake", "payout", "adjustment", "return", "bonus"]),
        st.sampled_from(Phase),
        st.booleans(),
        st.decimals(min_value="0.01", max_value="4000", places=2),
        st.sampled_from(FACTS),
    ),
    max_size=25,
)
FILTERS = st.builds(
    StatementFilter,
    kind=st.sampled_from([None, None, *TransferKind]),
    since=st.sampled_from([None, NOON, NOON + timedelta(seconds=5)]),
    until=st.sampled_from([None, NOON + timedelta(seconds=12)]),
    reference=st.sampled_from([None, None, *FACTS]),
)


@pytest.mark.long
@given(steps=STEPS, wanted=FILTERS, limit=st.sampled_from([1, 2, 3, 50]))
@settings(max_examples=80)
def test_pages_and_export_agree_with_the_wallet_after_any_history(
    db: None, steps: list[tuple[str, Phase, bool, Decimal, UUID]], wanted: StatementFilter, limit: int
) -> None:
    number = next(NUMBERS)
    alice, bob = person(f"alice{number}").wallet.id, person(f"bob{number}").wallet.id
    facts = {fact: UUID(int=fact.int + 1000 * (number + 1)) for fact in FACTS}
    wanted = StatementFilter(wanted.kind, wanted.since, wanted.until, facts.get(wanted.reference or uuid4()))
    operator = open_operator_accounts(currency="USDT", demo=True, now=NOON)
    for second, (kind, phase, out, amount, fact) in enumerate(steps):
        other = operator[AccountKind({"return": "funding", "bonus": "bonus"}.get(kind, "house"))]
        for wallet in (alice, bob):  # bob's transfers happen in between
            source, target = (wallet, other) if out else (other, wallet)
            reference = facts[fact] if wallet == alice else uuid4()
            step = Move(TransferKind(kind), phase, source, target, amount, "USDT", True, reference)
            with suppress(IntegrityError), transaction.atomic():
                post_transfers([step], now=NOON + timedelta(seconds=second))
    lines = whole(alice)
    assert (lines[-1].balance, lines[-1].held) == standing(alice)
    assert all(0 <= line.held <= line.balance for line in lines)
    expected = [line for line in reversed(lines) if wanted.admits(line.entry)]
    assert pages(alice, wanted, limit) == expected


@pytest.mark.django_db(transaction=True)
def test_what_is_read_while_money_moves_adds_up() -> None:
    books = open_books()

    def pay() -> None:
        for _ in range(60):
            opening = move(books.alice, books.house, "1", PENDING)
            with transaction.atomic():
                post_transfers([opening], now=NOON)
            with transaction.atomic():
                post_transfers([move(books.alice, books.house, "1", POST, reference=opening.reference)], now=NOON)

    def read() -> None:
        for _ in range(60):
            lines = statement_page(books.alice, StatementFilter(), limit=5)
            for newer, older in pairwise(lines):
                assert newer.balance == older.balance + newer.entry.amount
                assert newer.held == older.held + newer.entry.held_change
            complete = whole(books.alice)
            at = {line.entry.id: line for line in complete}
            assert all(at[line.entry.id] == line for line in lines)

    assert at_once([pay, read, pay, read]) == [None] * 4
    assert whole(books.alice)[-1].balance == standing(books.alice)[0] == 9880
