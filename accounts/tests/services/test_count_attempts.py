from datetime import timedelta
from functools import partial

import pytest

from accounts.domain.errors import TooManyAttempts
from accounts.models import AttemptTally
from accounts.services.count_attempts import count_attempts, forgive_attempts, password_attempt
from cryptotrader.tests.cast import NOON
from cryptotrader.tests.threads import at_once


def count(email: str = "alice@example.com", address: str = "192.0.2.1", seconds: int = 0) -> list[object]:
    attempts = password_attempt(email=email, address=address)
    return list(count_attempts(attempts=attempts, now=NOON + timedelta(seconds=seconds)))


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_get_through() -> None:
    results = at_once([partial(count, address=f"192.0.2.{n}") for n in range(12)])
    assert [type(result) for result in results].count(TooManyAttempts) == 7


@pytest.mark.django_db(transaction=True)
def test_successes_at_once_are_no_error() -> None:
    def succeed(number: int) -> None:
        for _ in range(10):
            forgive_attempts(
                count_attempts(attempts=password_attempt(email="a@x", address=f"192.0.2.{number}"), now=NOON)
            )

    results = at_once([partial(succeed, number) for number in range(6)])
    assert {type(result) for result in results} <= {type(None), TooManyAttempts}


@pytest.mark.django_db
def test_a_locked_account_costs_its_address_nothing() -> None:
    for n in range(5):
        count(address=f"192.0.2.{n}")
    with pytest.raises(TooManyAttempts):
        count(address="192.0.2.99")
    assert AttemptTally.objects.filter(failures=0).count() in (0, 1)
    for n in range(9):
        count(email=f"{n}@example.com", address="192.0.2.99")


@pytest.mark.django_db
def test_an_account_of_ones_own_doesnt_help_to_guess_at_others_from_one_address() -> None:
    for n in range(9):
        count(email=f"victim{n}@example.com")
        forgive_attempts(count_attempts(attempts=password_attempt(email="own@x", address="192.0.2.1"), now=NOON))
    count(email="victim9@example.com")
    with pytest.raises(TooManyAttempts):
        count(email="own@x")


@pytest.mark.django_db
def test_a_success_doesnt_lift_a_lock_that_others_failures_brought() -> None:
    for n in range(8):
        count(email=f"victim{n}@example.com")
    own = count_attempts(attempts=password_attempt(email="own@x", address="192.0.2.1"), now=NOON)
    count(email="victim8@example.com")
    forgive_attempts(own)
    with pytest.raises(TooManyAttempts):
        count(email="victim9@example.com")


@pytest.mark.django_db
def test_a_success_from_the_last_try_leaves_no_lock() -> None:
    for n in range(9):
        count(email=f"victim{n}@example.com")
    forgive_attempts(count_attempts(attempts=password_attempt(email="own@x", address="192.0.2.1"), now=NOON))
    count(email="victim9@example.com")
