from collections import Counter
from functools import partial
from ipaddress import IPv6Address
from secrets import randbits

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.domain.access.attempts import LOCKOUTS, Guess
from accounts.domain.errors import InvalidCredentials, TooManyAttempts
from accounts.services.access.issue_tokens import issue_tokens
from accounts.tests.cast import NOON, PASSWORD, Person, person
from accounts.tests.threads import at_once


def somewhere() -> HttpRequest:
    """Returns a request from an address without attempts."""
    return RequestFactory().post("/", REMOTE_ADDR=str(IPv6Address(randbits(128))))


def attempt(email: str, password: str, request: HttpRequest) -> None:
    issue_tokens(email=email, password=password, request=request, now=NOON)


def test_guessing_one_persons_password_ends_wherever_they_come_from(alice: Person) -> None:
    email = alice.user.email
    for _ in range(LOCKOUTS[Guess.EMAIL].failures_max):
        with pytest.raises(InvalidCredentials):
            attempt(email, "wrong", somewhere())
    with pytest.raises(TooManyAttempts):
        attempt(email, PASSWORD, somewhere())


def test_guessing_from_one_address_ends(bob: Person) -> None:
    here = somewhere()
    for _ in range(LOCKOUTS[Guess.ADDRESS].failures_max):
        with pytest.raises(InvalidCredentials):
            attempt(f"nobody-{randbits(64)}@example.com", "wrong", here)
    with pytest.raises(TooManyAttempts):
        attempt(bob.user.email, PASSWORD, here)
    attempt(bob.user.email, PASSWORD, somewhere())


def test_logging_in_rightly_uses_nothing_up(bob: Person) -> None:
    here = somewhere()
    for _ in range(12):
        attempt(bob.user.email, PASSWORD, here)


@pytest.mark.django_db(transaction=True)
def test_right_passwords_at_once_are_all_let_in_and_of_wrong_ones_five_are_answered() -> None:
    email, here = person("alice").user.email, somewhere()
    right = at_once([partial(attempt, email, PASSWORD, here)] * 8)
    assert Counter(type(result) for result in right) == {type(None): 8}
    wrong = at_once([partial(attempt, email, "wrong", here)] * 8)
    assert Counter(type(result) for result in wrong) == {InvalidCredentials: 5, TooManyAttempts: 3}
