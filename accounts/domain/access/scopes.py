"""Scopes: a caller's permissions. A signed-in person has all of them, an API key has the scopes of its creation."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from accounts.domain.errors import Refusal, mark

API_KEYS_MAX = 20
"""The most keys that one person may have at a time."""

SECOND_FACTOR_LOCK = timedelta(hours=24)
"""Withdrawals pause this long after a person removes their last second factor, so that the owner can notice a theft."""


class Scope(StrEnum):
    READ = "read"
    TRADE = "trade"
    WITHDRAW = "withdraw"


class LoginMethod(StrEnum):
    """The way a person proved who they are."""

    PASSWORD = "password"  # noqa: S105
    PASSKEY = "passkey"
    TOKEN = "token"  # noqa: S105


class AccessEnd(StrEnum):
    """The reason why an access (a session with its tokens, or an API key) ended before its time."""

    SIGNED_OUT = "signed out"
    FROZEN = "the account is frozen"
    CLOSED = "the account is closed"
    CREDENTIALS_CHANGED = "the password or the second factor was changed"
    TOKEN_REUSED = "a refresh token was used twice"  # noqa: S105
    STANDING_CHANGED = "the standing among the staff was changed"
    LAPSED = "the session lasted too long, or was not used"
    KEY_REVOKED = "the API key was revoked"
    KEY_EXPIRED = "the API key has expired"


@dataclass(frozen=True, slots=True)
class KeyAccess:
    """An authenticated API key. `request.auth` holds it for each caller with a key."""

    id: int
    user_id: int
    scopes: frozenset[Scope]
    expires_at: datetime | None
    is_stopped: bool = False
    """Whether its trading is stopped: then TRADE is none of its scopes."""


class TradingStopped(Refusal):
    code, status = "trading-stopped", 403
    title = mark("Trading by API keys is stopped until you allow it again on the page of your keys")


class ScopeMissing(Refusal):
    code, status = "scope-missing", 403
    title = mark("This API key doesn't have the scope for this")


class PersonRequired(Refusal):
    code, status = "person-required", 403
    title = mark("An API key can't do this: sign in instead")


class AccountFrozen(Refusal):
    code, status = "account-frozen", 403
    title = mark("This account is frozen")


class AccountClosed(Refusal):
    code, status = "account-closed", 403
    title = mark("This account is closed")


class SecondFactorNotSet(Refusal):
    code, status = "second-factor-not-set", 409
    title = mark("Set up a second factor first")


class SecondFactorRequired(Refusal):
    code, status = "second-factor-required", 401
    title = mark("The code of your second factor is needed")


class ReauthenticationRequired(Refusal):
    code, status = "reauthentication-required", 401
    title = mark("Prove first who you are, by your password or a code")


class SecondFactorWrong(Refusal):
    code, status = "second-factor-wrong", 401
    title = mark("This code is wrong or was used already")


def session_mark(session_key: str) -> str:
    """Returns a public name for a session, because its key is a secret."""
    return hashlib.sha256(f"session:{session_key}".encode()).hexdigest()[:32]


def key_mark(key_id: int) -> str:
    """Returns a public name for an API key."""
    return f"key:{key_id}"


class AppAlreadySet(Refusal):
    code, status = "app-already-set", 409
    title = mark("An authenticator app is set up already: remove it before you set up another")


class SecondFactorInUse(Refusal):
    code, status = "second-factor-in-use", 409
    title = mark("An API key of yours may withdraw money: revoke it before you remove your last second factor")
