"""The counts of this room, for Prometheus. The code that knows an event counts it, once it has happened for good."""

from enum import StrEnum

from prometheus_client import Counter

SIGN_UPS = Counter("cryptotrader_sign_ups_total", "Accounts that people made")
LOGINS = Counter("cryptotrader_logins_total", "Logins that succeeded, at pages and for tokens")
LOGINS_REFUSED = Counter("cryptotrader_logins_refused_total", "Attempts to sign in that failed", ["reason"])


class LoginRefusal(StrEnum):
    """The reasons that count; the refusals of tokens count by their own codes."""

    CREDENTIALS = "invalid-credentials"
    LOCKED = "too-many-attempts"
    SECOND_FACTOR = "second-factor-wrong"
    INACTIVE = "inactive"
