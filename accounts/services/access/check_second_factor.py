from datetime import datetime
from enum import Enum

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from accounts.domain.access.codes import plain_code
from accounts.domain.access.scopes import SecondFactorNotSet, SecondFactorRequired, SecondFactorWrong
from accounts.models import User
from accounts.selectors.access.guards import has_second_factor
from accounts.services.access.count_attempts import INSIDE, Tallies, second_factor_subjects

STEPS = (0, -1, 1)
"""A code of the half minute before or after is valid too: clocks differ, and typing takes time."""


class CodeCheck(Enum):
    """The result for a code. `SPENT`: right, but this code or a later one of the app was already used."""

    RIGHT = "right"
    SPENT = "spent"
    WRONG = "wrong"


def check_second_factor(*, user: User, code: str | None, now: datetime, place: str = INSIDE) -> Authenticator:
    """Spend a code of the user's second factor, six digits of the app or a recovery code, and return that factor.

    Raises SecondFactorNotSet, SecondFactorRequired (no code), SecondFactorWrong; TooManyAttempts after five failures.
    A spent code is refused too, but counts as no failure: a person who sends it twice knows it and doesn't guess.
    Failures count for the `place` (see `second_factor_subjects`). It has a transaction of its own. If more depends on
    the code, use `try_second_factor`.
    """
    with transaction.atomic(durable=True):
        authenticator = try_second_factor(user=user, code=code, now=now, place=place)
    if authenticator is None:
        raise SecondFactorWrong
    return authenticator


def try_second_factor(*, user: User, code: str | None, now: datetime, place: str = INSIDE) -> Authenticator | None:
    """Spend a code in the caller's transaction. Call it after all other checks: a rollback spends no code.

    Returns None for a wrong code. The caller then writes nothing else and commits, so that the failure counts, and
    raises SecondFactorWrong after that.
    """
    if not has_second_factor(user):
        raise SecondFactorNotSet
    code = plain_code(code or "")
    if not code:
        raise SecondFactorRequired
    tallies = Tallies(second_factor_subjects(user_id=user.pk, place=place), now)
    ways = Authenticator.objects.select_for_update(no_key=True).filter(user_id=user.pk).order_by("pk")
    fits = [(way, SPEND[way.type](way, code, now)) for way in ways if way.type in SPEND]
    authenticator = next((way for way, fit in fits if fit is CodeCheck.RIGHT), None)
    if authenticator is not None:
        tallies.succeed()
    elif all(fit is CodeCheck.WRONG for _, fit in fits):
        tallies.fail()
    return authenticator


def _spend_totp(authenticator: Authenticator, code: str, now: datetime) -> CodeCheck:
    """Count in the database, not in the cache as allauth does: an emptied Redis must not allow a code twice."""
    counter = int(now.timestamp()) // app_settings.TOTP_PERIOD
    secret = decrypt(authenticator.data["secret"])
    spent = authenticator.data.get("spent_counter", 0)
    fitting = [counter + step for step in STEPS if _fits(code, format_hotp_value(hotp_value(secret, counter + step)))]
    if not any(each > spent for each in fitting):
        return CodeCheck.SPENT if fitting else CodeCheck.WRONG
    authenticator.data["spent_counter"] = next(each for each in fitting if each > spent)
    authenticator.last_used_at = now
    authenticator.save(update_fields=["data", "last_used_at"])
    return CodeCheck.RIGHT


def _spend_recovery_code(authenticator: Authenticator, code: str, now: datetime) -> CodeCheck:
    codes = authenticator.wrap()
    if codes.validate_code(code):
        authenticator.refresh_from_db()
        authenticator.last_used_at = now
        authenticator.save(update_fields=["last_used_at"])
        return CodeCheck.RIGHT
    return CodeCheck.SPENT if any(_fits(code, each) for each in codes.generate_codes()) else CodeCheck.WRONG


def _fits(code: str, expected: str) -> bool:
    return bool(compare_user_code(actual=code, expected=expected))


SPEND = {Authenticator.Type.TOTP: _spend_totp, Authenticator.Type.RECOVERY_CODES: _spend_recovery_code}
