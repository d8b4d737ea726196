"""An authenticator app."""

from datetime import datetime

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from accounts.models import User


class App:
    """The app that a person has set up; `at` returns its code at a time."""

    def __init__(self, user: User) -> None:
        self.secret = generate_totp_secret()
        TOTP.activate(user, self.secret)
        self.recovery_codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()

    def at(self, now: datetime) -> str:
        return str(format_hotp_value(hotp_value(self.secret, int(now.timestamp()) // 30)))

    def wrong(self, now: datetime) -> str:
        """Returns six digits that are no valid code around this time."""
        near = {format_hotp_value(hotp_value(self.secret, int(now.timestamp()) // 30 + step)) for step in range(-2, 3)}
        return next(code for code in (f"{n:06}" for n in range(10)) if code not in near)
