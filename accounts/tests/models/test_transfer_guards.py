"""The database itself refuses wrong transfers, inserted by plain SQL past every service."""

from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, transaction

from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.tests.books import Books, open_books, standing
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql

INSERT = """
    INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, now())
"""
FACT = UUID("00000000-0000-0000-0000-00000000000f")


@pytest.fixture
def books(db: None) -> Books:
    return open_books()


def insert(
    source: int,
    target: int,
    phase: str = "single",
    amount: str = "10",
    *,
    kind: str = "stake",
    currency: str = "USDT",
    demo: bool = True,
    reference: UUID = FACT,
) -> None:
    run_sql(INSERT, kind, phase, source, target, amount, currency, demo, reference)


@pytest.mark.parametrize("phase", ["single", "pending"])
@pytest.mark.parametrize("amount", ["0", "-1", "-0.00000001", "NaN", "0.000000001", "0.0"])
def test_it_refuses_an_amount_that_is_not_positive(books: Books, phase: str, amount: str) -> None:
    with refused("amount_is_positive"):
        insert(books.house, books.alice, phase, amount, kind="payout")


@pytest.mark.parametrize("amount", ["Infinity", "-Infinity", "1000000000000", "1e400"])
def test_it_refuses_an_amount_without_bounds(books: Books, amount: str) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        insert(books.house, books.alice, amount=amount, kind="payout")
    assert isinstance(caught.value.__cause__, psycopg.errors.NumericValueOutOfRange)


def test_it_refuses_a_transfer_to_the_same_account(books: Books) -> None:
    with refused("source_is_not_target"):
        insert(books.alice, books.alice)


@pytest.mark.parametrize(
    ("kind", "phase", "constraint"),
    [
        ("stake", "posted", "transfer_phase_is_known"),
        ("stake", "", "transfer_phase_is_known"),
        ("gift", "single", "transfer_kind_is_known"),
    ],
)
def test_it_refuses_words_it_does_not_know(books: Books, kind: str, phase: str, constraint: str) -> None:
    insert(books.alice, books.house, "pending")
    with refused(constraint):
        insert(books.alice, books.house, phase, kind=kind, reference=uuid4())
    assert standing(books.alice) == (Decimal(10000), Decimal(10))


@pytest.mark.parametrize(("currency", "demo"), [("KRW", True), ("USDT", False), ("KRW", False)])
def test_it_refuses_to_mix_currencies_or_books(books: Books, currency: str, demo: bool) -> None:
    other = open_operator_accounts(currency=currency, demo=demo, now=NOON)[AccountKind.HOUSE]
    for source, target, kind in ((books.alice, other, "stake"), (other, books.alice, "payout")):
        with refused("one_currency_one_book"):
            insert(source, target, kind=kind)
        with refused("one_currency_one_book"):
            insert(source, target, kind=kind, currency=currency, demo=demo)


def test_it_refuses_an_account_that_is_not_there(books: Books) -> None:
    for source, target in ((books.alice, 0), (0, books.alice)):
        with refused("one_currency_one_book"):
            insert(source, target)


@pytest.mark.parametrize("first", ["single", "pending"])
@pytest.mark.parametrize("second", ["single", "pending"])
def test_a_fact_opens_once(books: Books, first: str, second: str) -> None:
    insert(books.alice, books.house, first)
    with refused("one_opening_each"):
        insert(books.bob, books.house, second)
    insert(books.house, books.alice, kind="payout")


@pytest.mark.parametrize("first", ["post", "void"])
@pytest.mark.parametrize("second", ["post", "void"])
def test_a_fact_ends_once(books: Books, first: str, second: str) -> None:
    insert(books.alice, books.house, "pending")
    insert(books.alice, books.house, first)
    with refused("one_resolution_each"):
        insert(books.alice, books.house, second)


@pytest.mark.parametrize("phase", ["post", "void"])
def test_a_resolution_ends_exactly_what_was_reserved(books: Books, phase: str) -> None:
    with refused("resolution_of_a_pending_transfer"):
        insert(books.alice, books.house, phase, kind="adjustment")
    insert(books.alice, books.house, "pending", kind="adjustment")
    for source, target, amount, kind in (
        (books.alice, books.house, "9.99", "adjustment"),
        (books.alice, books.house, "10.01", "adjustment"),
        (books.bob, books.house, "10", "adjustment"),
        (books.house, books.alice, "10", "adjustment"),
        (books.house, books.bob, "10", "adjustment"),
        (books.alice, books.house, "10", "stake"),
    ):
        with refused("resolution_of_a_pending_transfer"):
            insert(source, target, phase, amount, kind=kind)
    assert standing(books.alice) == (Decimal(10000), Decimal(10))


def test_a_single_transfer_can_not_be_resolved(books: Books) -> None:
    insert(books.alice, books.house, "single")
    with refused("resolution_of_a_pending_transfer"):
        insert(books.alice, books.house, "void")


def test_a_wallet_never_goes_below_zero(books: Books) -> None:
    with refused("available_is_not_negative"):
        insert(books.alice, books.house, amount="10000.01")
    insert(books.alice, books.house, "pending", "9999")
    for phase in ("single", "pending"):
        with refused("available_is_not_negative"):
            insert(books.alice, books.house, phase, "1.01", reference=uuid4())
    insert(books.alice, books.house, amount="1", reference=uuid4())
    assert standing(books.alice) == (Decimal(9999), Decimal(9999))


def test_the_operators_accounts_may_owe(books: Books) -> None:
    insert(books.house, books.alice, amount="500", kind="payout")
    assert standing(books.house) == (Decimal(-500), Decimal(0))
    assert LedgerAccount.objects.get(pk=books.funding).balance == -20000


def test_no_account_grows_beyond_what_its_column_can_say(books: Books) -> None:
    insert(books.house, books.alice, amount="600000000000", kind="payout")
    with pytest.raises(DatabaseError), transaction.atomic():
        insert(books.house, books.bob, amount="600000000000", kind="payout", reference=uuid4())
    with pytest.raises(DatabaseError), transaction.atomic():
        insert(books.funding, books.alice, amount="600000000000", kind="grant")
    assert standing(books.house) == (Decimal(-600000000000), Decimal(0))
