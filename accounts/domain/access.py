"""What a caller may do: scopes. A person who is signed in has all of them, an API key those it was made with."""

from enum import StrEnum

from accounts.domain.errors import Refusal, _

API_KEYS_MAX = 20
"""Keys that one person may have at a time."""


class Scope(StrEnum):
    READ = "read"
    TRADE = "trade"
    WITHDRAW = "withdraw"


class LoginMethod(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105
    PASSKEY = "passkey"
    TOKEN = "token"  # noqa: S105


class AccountFrozen(Refusal):
    code, status = "account-frozen", 403
    title = _("This account is frozen")


class AccountClosed(Refusal):
    code, status = "account-closed", 403
    title = _("This account is closed")
