from collections import Counter
from functools import partial

import pytest

from accounts.domain.access.attempts import LOCKOUTS, Guess
from accounts.domain.errors import TooManyAttempts
from accounts.models import AttemptTally
from accounts.services.access.count_attempts import count_attempts, forget_failures, password_subjects, refuse_locked
from accounts.tests.cast import NOON
from accounts.tests.threads import at_once


def attempt(email: str = "alice@example.com", address: str = "192.0.2.1", *, right: bool = False) -> None:
    subjects = password_subjects(email=email, address=address)
    refuse_locked(subjects=subjects, now=NOON)
    count_attempts(subjects=subjects, succeeded=right, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_of_many_wrong_guesses_at_once_five_are_answered() -> None:
    """All attempts were made before the first is counted, as when they come at the same moment."""
    subjects = password_subjects(email="alice@example.com", address="192.0.2.1")
    results = at_once([partial(count_attempts, subjects=subjects, succeeded=False, now=NOON)] * 12)
    assert Counter(type(result) for result in results) == {type(None): 5, TooManyAttempts: 7}


@pytest.mark.django_db
def test_after_the_last_answered_failure_a_right_guess_looks_like_a_wrong_one() -> None:
    subjects = password_subjects(email="alice@example.com", address="192.0.2.1")
    for _ in range(5):
        attempt()
    for right in (True, False):  # made before the lock, counted after it
        with pytest.raises(TooManyAttempts):
            count_attempts(subjects=subjects, succeeded=right, now=NOON)


@pytest.mark.django_db(transaction=True)
def test_successes_at_once_refuse_nobody() -> None:
    def succeed(number: int) -> None:
        for _ in range(10):
            attempt("a@x", f"192.0.2.{number % 2}", right=True)

    results = at_once([partial(succeed, number) for number in range(12)])
    assert Counter(type(result) for result in results) == {type(None): 12}
    assert not AttemptTally.objects.exists()


@pytest.mark.django_db
def test_a_locked_account_costs_its_address_nothing() -> None:
    for n in range(LOCKOUTS[Guess.EMAIL].failures_max):
        attempt(address=f"192.0.2.{n}")
    with pytest.raises(TooManyAttempts):
        attempt(address="192.0.2.99")
    assert not AttemptTally.objects.filter(failures=0).exists()
    for n in range(LOCKOUTS[Guess.ADDRESS].failures_max):
        attempt(f"{n}@example.com", "192.0.2.99")


@pytest.mark.django_db
def test_a_guessers_own_account_doesnt_help_to_guess_at_others_from_one_address() -> None:
    for n in range(LOCKOUTS[Guess.ADDRESS].failures_max):
        attempt("own@x", right=True)
        attempt(f"victim{n}@example.com")
    with pytest.raises(TooManyAttempts):
        attempt("own@x", right=True)


@pytest.mark.django_db
def test_a_success_forgives_its_account_and_so_does_its_mailbox() -> None:
    by_mailbox = partial(forget_failures, email=" ALICE@example.com ", address="192.0.2.1", device=None)
    for forgive in (partial(attempt, right=True), by_mailbox):
        for _ in range(4):
            attempt()
        forgive()
    for _ in range(4):
        attempt(address="192.0.2.2")
    attempt(address="192.0.2.2", right=True)
