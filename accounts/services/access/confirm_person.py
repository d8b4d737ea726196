from datetime import datetime

from accounts.models import User
from accounts.selectors.access.guards import has_second_factor
from accounts.services.access.check_second_factor import check_second_factor


def confirm_person(*, user: User, code: str | None, now: datetime) -> None:
    """For steps that a stolen session must not take: spends a fresh code, if the user has a second factor.

    Raises what `check_second_factor` raises, but nothing for who has none. Call it before the use case's transaction.
    """
    if has_second_factor(user):
        check_second_factor(user=user, code=code, now=now)
