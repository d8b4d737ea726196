from collections import Counter
from functools import partial

import pytest

from accounts.domain.errors import EmailTaken, InvalidInput
from accounts.models import LedgerAccount, Transfer, User
from accounts.selectors.ledger.wallets import wallets_of
from accounts.services.people.register_trader import register_trader
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.threads import at_once


def register(email: str = "alice@example.com", password: str = PASSWORD) -> User:
    return register_trader(email=email, password=password, locale="ko", now=NOON)


def test_it_opens_a_demo_wallet_with_10000_usdt_from_the_funding_account(db: None) -> None:
    user = register()
    (wallet,) = wallets_of(user.pk)
    assert (wallet.currency, wallet.demo, str(wallet.balance), wallet.held) == ("USDT", True, "10000.00000000", 0)
    assert LedgerAccount.objects.get(kind="funding").balance == -10000
    assert (user.locale, user.joined_at, user.is_staff, user.check_password(PASSWORD)) == ("ko", NOON, False, True)
    assert_the_ledger_balances()


def test_it_writes_the_email_in_lower_case_without_blanks(db: None) -> None:
    assert register("  Alice@Example.COM ").email == "alice@example.com"


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@example.com", " Alice@Example.Com"])
def test_it_refuses_an_email_that_is_taken_however_it_is_written(alice: Person, email: str) -> None:
    with pytest.raises(EmailTaken):
        register(email)
    assert (User.objects.count(), Transfer.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "email",
    [
        "",
        " ",
        "alice",
        "alice@",
        "@example.com",
        "a b@example.com",
        "alice@example",
        "alice\0@example.com",
        "alice@example.com\nBcc: bob@example.com",
        "\ud800@example.com",
        "alicé@example.com",
        "alıce@example.com",  # a dotless i: no capital of it, but Python's regular expressions take it for one
        "alice@[192.0.2.7]",
        "alice@exam\u200dple.com",
        "alice@xn--abc.com",
        '"a b"@example.com',
        "a" * 250 + "@example.com",
    ],
)
def test_it_refuses_what_is_no_email(db: None, email: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        register(email)
    assert "email" in {field.field for field in caught.value.fields}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "password",
    ["", "short", "password", "1234567890", "alice@example.com", "x" * 1001, "a\0bcdefgh1", "\ud800abcdefgh1"],
)
def test_it_refuses_a_weak_password(db: None, password: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        register(password=password)
    assert {field.field for field in caught.value.fields} == {"password"}
    assert not User.objects.exists()


def test_it_stores_the_password_as_a_hash_only(db: None) -> None:
    assert PASSWORD not in register().password


@pytest.mark.refusals
@pytest.mark.django_db(transaction=True)
def test_one_email_registered_many_times_at_once_is_one_person_with_one_wallet() -> None:
    emails = ["carol@example.com", "CAROL@example.com", "Carol@Example.com", " carol@EXAMPLE.com"] * 2

    results = at_once([partial(register, email) for email in emails])

    assert Counter(type(result) for result in results) == {User: 1, EmailTaken: 7}
    assert LedgerAccount.objects.filter(kind="wallet").count() == 1
    assert_the_ledger_balances()


@pytest.mark.django_db(transaction=True)
def test_strangers_who_register_at_once_all_get_their_wallet() -> None:
    results = at_once([partial(register, f"trader{n}@example.com") for n in range(12)])
    assert Counter(type(result) for result in results) == {User: 12}
    assert LedgerAccount.objects.get(kind="funding").balance == -120_000
    assert_the_ledger_balances()
