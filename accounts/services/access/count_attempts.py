"""Limits of guessing that hold for all processes.

A try is made first, and answered only after it was counted under the lock of its subjects. Of any number of tries at
once, only as many failures as are allowed are ever answered; the others, right or wrong, only hear that it is locked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.domain.access.attempts import LOCKOUTS, Guess, Tally, counted, network_of, require_unlocked
from accounts.models import AttemptTally

MAKE_OR_LOCK = """
    INSERT INTO attempt_tallies AS tally (subject, failures, last_at)
    SELECT wanted, 0, %(now)s FROM unnest(%(subjects)s::text[]) AS listed(wanted)
    ON CONFLICT (subject) DO UPDATE SET last_at = tally.last_at
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """What tries are counted against, by the hash of its name."""

    key: str
    guess: Guess


def password_subjects(*, email: str, address: str) -> list[Subject]:
    """A try at a password is counted against the account and against the place it comes from."""
    return [_subject(Guess.EMAIL, email.strip().lower()), _subject(Guess.ADDRESS, network_of(address))]


def second_factor_subjects(*, user_id: int) -> list[Subject]:
    """A try at somebody's code."""
    return [_subject(Guess.SECOND_FACTOR, str(user_id))]


class Tallies:
    """The tallies of a try, locked for the rest of the transaction that made this."""

    def __init__(self, subjects: Sequence[Subject], now: datetime) -> None:
        """Raises TooManyAttempts if one is locked against guesses: then whether the try was right must not show."""
        self._now = now
        self._guesses = {subject.key: subject.guess for subject in subjects}
        self._rows = _locked(sorted(self._guesses), now)
        for row in self._rows.values():
            require_unlocked(_tally(row), now)

    def fail(self) -> None:
        """The try was wrong: one more failure against each of its subjects."""
        for key, row in self._rows.items():
            tally = counted(_tally(row), LOCKOUTS[self._guesses[key]], self._now)
            row.failures, row.last_at, row.locked_until = tally.failures, tally.last_at, tally.locked_until
        AttemptTally.objects.bulk_update(self._rows.values(), ["failures", "last_at", "locked_until"])

    def succeed(self) -> None:
        """The try was right. Its account begins anew; its address keeps its failures, or somebody with an account of
        their own could go on guessing at others'."""
        forgotten = [key for key, row in self._rows.items() if self._guesses[key] != Guess.ADDRESS or not row.failures]
        AttemptTally.objects.filter(pk__in=forgotten).delete()


def refuse_locked(*, subjects: Sequence[Subject], now: datetime) -> None:
    """Before a try that costs much, such as hashing a password. Raises TooManyAttempts if a subject is locked."""
    for row in AttemptTally.objects.filter(pk__in=[subject.key for subject in subjects]):
        require_unlocked(_tally(row), now)


def count_attempts(*, subjects: Sequence[Subject], succeeded: bool, now: datetime) -> None:
    """Count a try that has been made, before it is answered. Raises TooManyAttempts, whether or not it succeeded, if
    one of its subjects is locked by now."""
    with transaction.atomic(durable=True):
        tallies = Tallies(subjects, now)
        tallies.succeed() if succeeded else tallies.fail()


def forget_failures(*, email: str) -> None:
    """Whoever reads the mailbox opens the account that others have locked."""
    AttemptTally.objects.filter(pk=_subject(Guess.EMAIL, email.strip().lower()).key).delete()


def _locked(keys: Sequence[str], now: datetime) -> dict[str, AttemptTally]:
    """The tallies of these subjects, made where there are none, and locked in the same statement.

    Between a statement that makes them and another that locks them, somebody's success could delete one.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE_OR_LOCK, {"subjects": list(keys), "now": now})
    return AttemptTally.objects.in_bulk(keys)


def _tally(row: AttemptTally) -> Tally:
    return Tally(row.failures, row.last_at, row.locked_until)


def _subject(guess: Guess, name: str) -> Subject:
    return Subject(hashlib.sha256(f"{guess}:{name}".encode()).hexdigest(), guess)
