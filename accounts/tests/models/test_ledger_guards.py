"""The database guards the ledger itself: it refuses wrong writes of any program, by constraint name."""

from decimal import Decimal

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, ProtectedError

from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount, Transfer, User
from accounts.tests.books import Books, open_books, standing
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql

NEW_ACCOUNT = "INSERT INTO ledger_accounts (kind, owner_id, currency, demo, balance, held, revision, created_at)"


@pytest.fixture
def books(db: None) -> Books:
    return open_books()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transfers SET amount = amount + 1",
        "UPDATE transfers SET reference = gen_random_uuid()",
        "UPDATE transfers SET amount = amount WHERE false",
        "DELETE FROM transfers",
        """INSERT INTO transfers SELECT * FROM transfers
           ON CONFLICT (id) DO UPDATE SET amount = 1000000""",
    ],
)
def test_it_refuses_to_change_a_transfer_by_sql(books: Books, statement: str) -> None:
    with refused("transfers_are_for_ever"):
        run_sql(statement)


def test_it_refuses_to_change_a_transfer_by_the_orm(books: Books) -> None:
    grant = Transfer.objects.first()
    assert grant is not None
    with refused("transfers_are_for_ever"):
        Transfer.objects.update(amount=1)
    with refused("transfers_are_for_ever"):
        Transfer.objects.all().delete()
    with refused("transfers_are_for_ever"):
        grant.delete()
    grant.amount += 1
    with refused("transfers_are_for_ever"):
        grant.save()


@pytest.mark.parametrize(
    "change",
    ["balance = balance + 1", "held = 1", "held = -1", "revision = revision - 1", "balance = 'NaN'", "balance = 0"],
)
def test_it_refuses_to_change_a_balance_by_sql(books: Books, change: str) -> None:
    before = standing(books.alice)
    with refused("only_transfers_change_balances"):
        run_sql(f"UPDATE ledger_accounts SET {change}")
    assert standing(books.alice) == before


def test_it_refuses_to_change_a_balance_by_the_orm(books: Books) -> None:
    wallet = LedgerAccount.objects.get(pk=books.alice)
    wallet.balance += 1
    with refused("only_transfers_change_balances"):
        wallet.save()
    with refused("only_transfers_change_balances"):
        LedgerAccount.objects.update(held=F("held") + 1)


@pytest.mark.parametrize("change", ["owner_id = {bob}", "currency = 'EUR'", "demo = NOT demo", "id = id + 1000"])
def test_it_refuses_to_give_an_account_another_identity(books: Books, change: str) -> None:
    bob = LedgerAccount.objects.get(pk=books.bob).owner_id
    with refused("accounts_keep_their_identity"):
        run_sql(f"UPDATE ledger_accounts SET {change.format(bob=bob)} WHERE id = %s", books.alice)


def test_it_refuses_to_make_a_wallet_the_house(books: Books) -> None:
    with refused("accounts_keep_their_identity"):
        run_sql("UPDATE ledger_accounts SET kind = 'house', owner_id = NULL WHERE id = %s", books.alice)


def test_it_refuses_to_delete_an_account(books: Books) -> None:
    with refused("accounts_are_kept"):
        run_sql("DELETE FROM ledger_accounts WHERE id = %s", books.house)
    with pytest.raises(ProtectedError):
        LedgerAccount.objects.get(pk=books.alice).delete()


def test_it_refuses_to_delete_a_person_with_a_wallet(books: Books) -> None:
    owner = User.objects.get(email="alice@example.com")
    with pytest.raises(ProtectedError):
        owner.delete()
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run_sql("DELETE FROM users WHERE id = %s", owner.pk)
    assert isinstance(caught.value.__cause__, psycopg.errors.ForeignKeyViolation)


@pytest.mark.parametrize(("balance", "held"), [("1", "0"), ("0", "1"), ("-1", "0"), ("NaN", "0")])
def test_it_refuses_an_account_that_starts_with_money(books: Books, balance: str, held: str) -> None:
    with refused("accounts_start_empty"):
        run_sql(f"{NEW_ACCOUNT} VALUES ('house', NULL, 'EUR', true, %s, %s, 0, now())", balance, held)


def test_it_refuses_an_account_that_starts_with_money_by_the_orm(books: Books) -> None:
    with refused("accounts_start_empty"):
        LedgerAccount.objects.create(kind=AccountKind.HOUSE, currency="EUR", demo=True, balance=1, created_at=NOON)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ("'wallet', NULL, 'EUR', true", "a_wallet_has_an_owner"),
        ("'house', {alice}, 'EUR', true", "a_wallet_has_an_owner"),
        ("'wallet', {alice}, 'USDT', true", "one_wallet_each"),
        ("'house', NULL, 'USDT', true", "one_operator_account_each"),
        ("'bank', NULL, 'USDT', true", "account_kind_is_known"),
    ],
)
def test_it_refuses_an_account_that_makes_no_sense(books: Books, values: str, constraint: str) -> None:
    alice = LedgerAccount.objects.get(pk=books.alice).owner_id
    with refused(constraint):
        run_sql(f"{NEW_ACCOUNT} VALUES ({values.format(alice=alice)}, 0, 0, 0, now())")


def test_one_email_belongs_to_one_person_however_it_is_written(books: Books) -> None:
    with refused("idx_users_email"):
        User.objects.create(email="ALICE@Example.com", locale="en")


def test_an_insert_that_adds_nothing_changes_nothing(books: Books) -> None:
    revisions = list(LedgerAccount.objects.order_by("id").values_list("revision", flat=True))
    assert run_sql("INSERT INTO transfers SELECT * FROM transfers ON CONFLICT DO NOTHING") == 0
    assert list(LedgerAccount.objects.order_by("id").values_list("revision", flat=True)) == revisions
    assert standing(books.alice) == (Decimal(10000), Decimal(0))


def test_copied_rows_are_applied_and_checked_like_inserted_ones(books: Books) -> None:
    copy = (
        "COPY transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at) FROM STDIN"
    )
    row = f"stake\tsingle\t{books.alice}\t{books.house}\t%s\tUSDT\tt\t00000000-0000-0000-0000-000000000001\tnow\n"
    with connection.cursor() as cursor:
        with cursor.copy(copy) as rows:
            rows.write(row % "10")
        assert standing(books.alice) == (Decimal(9990), Decimal(0))
        with pytest.raises(psycopg.errors.UniqueViolation), transaction.atomic(), cursor.copy(copy) as rows:
            rows.write(row % "10")
