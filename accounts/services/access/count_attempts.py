"""Counts attempts at passwords and codes, and locks their subjects, for all processes together.

An attempt is made first, then counted under the lock of its subjects, and answered last. Of many attempts at once,
only the allowed number of failures gets an answer. The others, right or wrong, only learn that the subject is locked.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from accounts.domain.access.attempts import LOCKOUTS, Guess, Tally, counted, network_of, require_unlocked
from accounts.domain.mailbox import mailbox_if_any
from accounts.models import AttemptTally
from accounts.selectors.access.logins import is_familiar

MAKE_OR_LOCK = """
    INSERT INTO attempt_tallies AS tally (subject, failures, last_at)
    SELECT wanted, 0, %(now)s FROM unnest(%(subjects)s::text[]) AS listed(wanted)
    ON CONFLICT (subject) DO UPDATE SET last_at = tally.last_at
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of an attempt, stored by the hash of its name."""

    key: str
    guess: Guess


def password_subjects(*, email: str, address: str, device: str | None = None) -> list[Subject]:
    """Return the subjects of a password attempt.

    A known `device` of the account, by its name, counts by itself. From a network where its owner has signed in lately,
    the account and that network count. A stranger counts for the account and for the network as a whole too: their
    guesses may shut out other strangers, but neither known devices nor familiar places.
    """
    email, network = mailbox_if_any(email), network_of(address)
    if device is not None:
        return [_subject(Guess.DEVICE, f"{email} {device}")]
    pair = _subject(Guess.PAIR, f"{email} {network}")
    if is_familiar(email, network):
        return [pair]
    return [pair, _subject(Guess.EMAIL, email), _subject(Guess.ADDRESS, network)]


INSIDE, STRANGER = "inside", "stranger"
"""Places from which codes are tried: a session, or the entrance; there, a known device is a place of its own name."""


def second_factor_subjects(*, user_id: int, place: str) -> list[Subject]:
    """Return the subject of an attempt at a person's code: a thief of the password locks strangers, not the owner."""
    return [_subject(Guess.SECOND_FACTOR, f"{user_id} {place}")]


def own_password_subjects(*, user_id: int) -> list[Subject]:
    """Return the subject of an attempt that a person's session makes at their password."""
    return [_subject(Guess.OWN_PASSWORD, str(user_id))]


class Tallies:
    """The tallies of an attempt, locked for the rest of the transaction that creates this object."""

    def __init__(self, subjects: Sequence[Subject], now: datetime) -> None:
        """Raises TooManyAttempts if a subject is locked, so that it doesn't reveal whether the attempt was right."""
        self._now = now
        self._guesses = {subject.key: subject.guess for subject in subjects}
        self._rows = _locked(sorted(self._guesses), now)
        for row in self._rows.values():
            require_unlocked(_tally(row), now)

    def fail(self) -> None:
        """Record a wrong attempt: one more failure for each of its subjects."""
        for key, row in self._rows.items():
            tally = counted(_tally(row), LOCKOUTS[self._guesses[key]], self._now)
            row.failures, row.last_at, row.locked_until = tally.failures, tally.last_at, tally.locked_until
        AttemptTally.objects.bulk_update(self._rows.values(), ["failures", "last_at", "locked_until"])

    def succeed(self) -> None:
        """Record a right attempt. It clears the account's failures but not the network's: an attacker could otherwise
        clear them by logging in to an account of their own.
        """
        forgotten = [key for key, row in self._rows.items() if self._guesses[key] != Guess.ADDRESS or not row.failures]
        AttemptTally.objects.filter(pk__in=forgotten).delete()


def refuse_locked(*, subjects: Sequence[Subject], now: datetime) -> None:
    """Call it before a costly attempt, such as hashing a password. Raises TooManyAttempts if a subject is locked."""
    for row in AttemptTally.objects.filter(pk__in=[subject.key for subject in subjects]):
        require_unlocked(_tally(row), now)


def count_attempts(*, subjects: Sequence[Subject], succeeded: bool, now: datetime) -> None:
    """Count an attempt after it was made and before it is answered.

    Raises TooManyAttempts, for a right attempt too, if one of its subjects is locked by now.
    """
    with transaction.atomic(durable=True):
        tallies = Tallies(subjects, now)
        tallies.succeed() if succeeded else tallies.fail()


def forget_failures(*, email: str, address: str, device: str | None) -> None:
    """Unlock an account for the person who can read its mailbox: for strangers, this address and this known device."""
    email = mailbox_if_any(email)
    subjects = [_subject(Guess.EMAIL, email), _subject(Guess.PAIR, f"{email} {network_of(address)}")]
    if device is not None:
        subjects.append(_subject(Guess.DEVICE, f"{email} {device}"))
    AttemptTally.objects.filter(pk__in=[subject.key for subject in subjects]).delete()


def _locked(keys: Sequence[str], now: datetime) -> dict[str, AttemptTally]:
    """Return the tallies of these subjects, created where missing and locked in the same statement.

    Between two statements, one to create and one to lock, another attempt's success could delete a row.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE_OR_LOCK, {"subjects": list(keys), "now": now})
    return AttemptTally.objects.in_bulk(keys)


def _tally(row: AttemptTally) -> Tally:
    return Tally(row.failures, row.last_at, row.locked_until)


def _subject(guess: Guess, name: str) -> Subject:
    return Subject(hashlib.sha256(f"{guess}:{name}".encode()).hexdigest(), guess)
