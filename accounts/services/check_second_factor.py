from datetime import datetime

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from accounts.domain.access import SecondFactorNotSet, SecondFactorRequired, SecondFactorWrong
from accounts.models import User
from accounts.selectors.access import has_second_factor
from accounts.services.count_attempts import count_attempts_here, forgive_attempts, second_factor_attempt

STEPS = (0, -1, 1)
"""A code of the half minute before or after is good too: clocks differ, and typing takes time."""


def check_second_factor(*, user: User, code: str | None, now: datetime) -> Authenticator:
    """Spend a code of the user's second factor: six digits of the app, or a recovery code. What it was of.

    Raises SecondFactorNotSet, SecondFactorRequired (no code), SecondFactorWrong; TooManyAttempts after five failures.
    A transaction of its own: where more hangs on the code, see `try_second_factor`.
    """
    with transaction.atomic(durable=True):
        authenticator = try_second_factor(user=user, code=code, now=now)
    if authenticator is None:
        raise SecondFactorWrong
    return authenticator


def try_second_factor(*, user: User, code: str | None, now: datetime) -> Authenticator | None:
    """The same in the caller's transaction, after all that may be refused: what is rolled back spends no code.

    None for a wrong code: the caller writes nothing else and lets the transaction be committed, so that the failure
    counts; then it raises SecondFactorWrong.
    """
    if not has_second_factor(user):
        raise SecondFactorNotSet
    if not code or not code.strip():
        raise SecondFactorRequired
    attempts = count_attempts_here(attempts=second_factor_attempt(user_id=user.pk), now=now)
    authenticator = _spend(user, code, now)
    if authenticator is not None:
        forgive_attempts(attempts)
    return authenticator


def _spend(user: User, code: str, now: datetime) -> Authenticator | None:
    ways = Authenticator.objects.select_for_update(no_key=True).filter(user_id=user.pk).order_by("pk")
    for way in ways:
        if way.type == Authenticator.Type.TOTP and _spend_totp(way, code, now):
            return way
        if way.type == Authenticator.Type.RECOVERY_CODES and way.wrap().validate_code(code):
            way.refresh_from_db()
            way.last_used_at = now
            way.save(update_fields=["last_used_at"])
            return way
    return None


def _spend_totp(authenticator: Authenticator, code: str, now: datetime) -> bool:
    """Counted in the database, not in the cache as allauth does: an emptied Redis must not let a code be used again."""
    counter = int(now.timestamp()) // app_settings.TOTP_PERIOD
    secret = decrypt(authenticator.data["secret"])
    spent = authenticator.data.get("spent_counter", 0)
    for step in STEPS:
        fits = compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter + step)))
        if fits and counter + step > spent:
            authenticator.data["spent_counter"] = counter + step
            authenticator.last_used_at = now
            authenticator.save(update_fields=["data", "last_used_at"])
            return True
    return False
