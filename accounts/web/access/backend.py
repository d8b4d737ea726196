from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Checks passwords in all their spellings."""

    def _mitigate_timing_attack(self, password: str) -> None:
        """Hashes as often for nobody as for a person, or the time would tell which emails have accounts."""
        nobody = User()
        nobody.set_unusable_password()
        nobody.check_password(password)
