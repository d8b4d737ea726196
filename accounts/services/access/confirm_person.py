from datetime import datetime

from accounts.models import User
from accounts.selectors.access.guards import has_second_factor
from accounts.services.access.check_second_factor import check_second_factor


def confirm_person(*, user: User, code: str | None, now: datetime) -> None:
    """Spend a fresh code if the user has a second factor: a stolen session must not take sensitive steps.

    Raises as `check_second_factor`; nothing for a user without a second factor. Call it before the use case's
    transaction.
    """
    if has_second_factor(user):
        check_second_factor(user=user, code=code, now=now)
