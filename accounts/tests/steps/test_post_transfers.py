from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import chain

import pytest
from django.db import IntegrityError, transaction

from accounts.domain.ledger.transfers import Move, TransferKind
from accounts.models import LedgerAccount, Transfer
from accounts.steps.post_transfers import post_transfers
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.books import PENDING, POST, VOID, Books, move, open_books, standing
from accounts.tests.cast import NOON
from accounts.tests.threads import at_once


@pytest.fixture
def books(db: None) -> Books:
    return open_books()


def post(*moves: Move) -> int:
    with transaction.atomic():
        return post_transfers(moves, now=NOON)


def test_a_single_transfer_moves_at_once(books: Books) -> None:
    assert post(move(books.alice, books.house, "0.01")) == 1
    assert standing(books.alice) == (Decimal("9999.99"), Decimal(0))
    assert standing(books.house) == (Decimal("0.01"), Decimal(0))


def test_a_pending_transfer_holds_and_a_post_moves(books: Books) -> None:
    opening = move(books.alice, books.house, "100", PENDING)
    post(opening)
    assert standing(books.alice) == (Decimal(10000), Decimal(100))
    assert standing(books.house) == (Decimal(0), Decimal(0))

    post(move(books.alice, books.house, "100", POST, reference=opening.reference))
    assert standing(books.alice) == (Decimal(9900), Decimal(0))
    assert standing(books.house) == (Decimal(100), Decimal(0))


def test_a_void_frees_what_was_held(books: Books) -> None:
    opening = move(books.alice, books.house, "100", PENDING)
    post(opening)
    post(move(books.alice, books.house, "100", VOID, reference=opening.reference))
    assert standing(books.alice) == (Decimal(10000), Decimal(0))


def test_all_transfers_are_made_or_none(books: Books) -> None:
    before = Transfer.objects.count()
    with pytest.raises(IntegrityError):
        post(move(books.alice, books.house, "1"), move(books.alice, books.house, "10000"))
    assert (Transfer.objects.count(), standing(books.house)) == (before, (Decimal(0), Decimal(0)))


def test_nothing_to_post_is_nothing_done(books: Books) -> None:
    assert post() == 0


def test_it_wants_the_callers_transaction(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        post_transfers([move(1, 2)], now=NOON)


def test_it_takes_one_query_however_many_transfers(books: Books, django_assert_num_queries: Callable) -> None:  # type: ignore[type-arg]
    many = [move(books.alice, books.house, "1", PENDING) for _ in range(100)]
    with transaction.atomic(), django_assert_num_queries(1):
        assert post_transfers(many, now=NOON) == 100
    assert standing(books.alice) == (Decimal(10000), Decimal(100))


@pytest.mark.django_db(transaction=True)
def test_wallets_that_pay_each_other_never_deadlock() -> None:
    books = open_books()

    def pay(source: int, target: int) -> None:
        for _ in range(40):
            payout = partial(move, books.house, kind=TransferKind.PAYOUT)
            post(move(source, books.house, "1"), payout(target, "2"), move(target, books.house, "1"))

    directions = [(books.alice, books.bob), (books.bob, books.alice)] * 3
    assert at_once([partial(pay, *direction) for direction in directions]) == [None] * 6
    assert_the_ledger_balances()
    assert standing(books.alice) == standing(books.bob) == (Decimal(10000), Decimal(0))


@pytest.mark.django_db(transaction=True)
def test_a_wallets_transfers_are_numbered_in_the_order_in_which_they_were_applied() -> None:
    books = open_books()

    def pay(source: int) -> list[tuple[int, int]]:
        """Returns, for each payment, the wallet's revision after it, and its id."""
        seen = []
        for _ in range(25):
            each = move(source, books.house, "1")
            with transaction.atomic():
                post_transfers([each], now=NOON)
                revision = LedgerAccount.objects.get(pk=source).revision  # nobody else changes it until the commit
                seen.append((revision, Transfer.objects.get(reference=each.reference).pk))
        return seen

    hands = at_once([partial(pay, books.alice)] * 4)

    applied = sorted(chain.from_iterable(hands))  # type: ignore[arg-type]
    assert len(applied) == 100
    assert [id for _, id in applied] == sorted(id for _, id in applied)


def test_a_batch_is_numbered_in_the_order_given(books: Books) -> None:
    moves = [move(wallet, books.house, str(n)) for n in range(1, 40) for wallet in (books.bob, books.alice)]
    post(*moves)
    posted = Transfer.objects.filter(kind="stake").order_by("id").values_list("reference", flat=True)
    assert list(posted) == [each.reference for each in moves]


@pytest.mark.django_db(transaction=True)
def test_a_hold_ends_once_however_many_try(books: Books) -> None:
    opening = move(books.alice, books.house, "100", PENDING)
    post(opening)
    ends = [move(books.alice, books.house, "100", phase, reference=opening.reference) for phase in (POST, VOID) * 3]

    results = at_once([partial(post, end) for end in ends])

    assert Counter(type(result) for result in results) == {int: 1, IntegrityError: 5}
    assert_the_ledger_balances()
    assert standing(books.alice)[1] == 0
