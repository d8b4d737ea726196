from datetime import datetime

from accounts.domain.errors import FieldError, InvalidInput
from accounts.models import User
from accounts.selectors.access.guards import has_second_factor
from accounts.services.access.check_own_password import check_own_password
from accounts.services.access.check_second_factor import check_second_factor


def confirm_person(*, user: User, code: str | None, now: datetime) -> None:
    """Spend a fresh code if the user has a second factor: a stolen session must not take sensitive steps.

    Raises as `check_second_factor`; InvalidInput for a code of a user without a second factor: nobody would check it.
    Call it before the use case's transaction.
    """
    if has_second_factor(user):
        check_second_factor(user=user, code=code, now=now)
    elif code:
        raise InvalidInput(fields=(FieldError("code", "not-needed", "the account has no second factor"),))


def confirm_owner(*, user: User, code: str | None, password: str | None, now: datetime) -> None:
    """Spend a fresh code or, of a user without a second factor, check the password: for steps that outlive a session.

    Raises as `confirm_person` and `check_own_password`; InvalidInput without a password. With a second factor nobody
    looks at the password.
    """
    if has_second_factor(user):
        check_second_factor(user=user, code=code, now=now)
        return
    confirm_person(user=user, code=code, now=now)
    if password:
        check_own_password(user=user, password=password, now=now)
    else:
        raise InvalidInput(fields=(FieldError("password", "required", "the password of the account is required"),))
