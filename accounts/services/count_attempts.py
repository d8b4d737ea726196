"""Limits of guessing that hold for all processes. Each try counts as failed until it is forgiven."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from accounts.domain.attempts import BOUNDS, Guess, Tally, counted, place_of
from accounts.models import AttemptTally

MAKE_OR_LOCK = """
    INSERT INTO attempt_tallies AS tally (subject, failures, last_at)
    SELECT wanted, 0, %(now)s FROM unnest(%(subjects)s::text[]) AS listed(wanted)
    ON CONFLICT (subject) DO UPDATE SET last_at = tally.last_at
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, as counted against one subject; `locked_until` if it was this try that locked it."""

    subject: str
    guess: Guess
    locked_until: datetime | None = None


def password_attempt(*, email: str, address: str) -> list[Attempt]:
    """A try at a password: counted against the account and against the place it comes from."""
    return [_attempt(Guess.EMAIL, email.strip().lower()), _attempt(Guess.ADDRESS, place_of(address))]


def second_factor_attempt(*, user_id: int) -> list[Attempt]:
    """A try at somebody's code."""
    return [_attempt(Guess.SECOND_FACTOR, str(user_id))]


def count_attempts(*, attempts: Sequence[Attempt], now: datetime) -> list[Attempt]:
    """Count a try against all its subjects, before it is made; as counted, for `forgive_attempts`.

    Raises TooManyAttempts, and counts nothing, if one of them is locked.
    """
    with transaction.atomic(durable=True):
        return count_attempts_here(attempts=attempts, now=now)


def count_attempts_here(*, attempts: Sequence[Attempt], now: datetime) -> list[Attempt]:
    """The same in the caller's transaction, which must be committed even if the try fails; others wait for it."""
    ordered = sorted(attempts, key=lambda attempt: attempt.subject)
    subjects = [attempt.subject for attempt in ordered]
    rows = _locked(subjects, now)
    made = []
    for attempt in ordered:
        row = rows[attempt.subject]
        tally = counted(Tally(row.failures, row.last_at, row.locked_until), BOUNDS[attempt.guess], now)
        row.failures, row.last_at, row.locked_until = tally.failures, tally.last_at, tally.locked_until
        made.append(Attempt(attempt.subject, attempt.guess, tally.locked_until))
    AttemptTally.objects.bulk_update(rows.values(), ["failures", "last_at", "locked_until"])
    return made


def _locked(subjects: Sequence[str], now: datetime) -> dict[str, AttemptTally]:
    """The tallies of these subjects, made where there are none, and locked in the same statement.

    Between a statement that makes them and another that locks them, somebody's success could delete one.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAKE_OR_LOCK, {"subjects": list(subjects), "now": now})
    return AttemptTally.objects.in_bulk(subjects)


def forgive_attempts(attempts: Sequence[Attempt]) -> None:
    """The try has succeeded. Its account begins anew; its address only gets this one try back, or somebody with an
    account of their own could go on guessing at others'."""
    for attempt in attempts:
        row = AttemptTally.objects.filter(pk=attempt.subject)
        if attempt.guess is Guess.ADDRESS:
            unlocked = Case(When(locked_until=attempt.locked_until, then=Value(None)), default=F("locked_until"))
            row.update(failures=Greatest(F("failures") - 1, 0), locked_until=unlocked)
        else:
            row.delete()


def _attempt(guess: Guess, name: str) -> Attempt:
    return Attempt(hashlib.sha256(f"{guess}:{name}".encode()).hexdigest(), guess)
