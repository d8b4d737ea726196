from datetime import datetime

from accounts.domain.errors import FieldError, InvalidInput
from accounts.models import User
from accounts.services.access.count_attempts import count_attempts, own_password_subjects, refuse_locked


def check_own_password(*, user: User, password: str, now: datetime, field: str = "password") -> None:
    """Check the password of a person who is signed in. Every door that asks for it again comes here.

    Raises InvalidInput for `field`, or TooManyAttempts: a stolen session must not find out the password by guessing.
    Strangers' guesses at the entrance are counted apart, so they can't shut the owner out here.
    """
    subjects = own_password_subjects(user_id=user.pk)
    refuse_locked(subjects=subjects, now=now)
    right = user.check_password(password)
    count_attempts(subjects=subjects, succeeded=right, now=now)
    if not right:
        raise InvalidInput(fields=(FieldError(field, "wrong", "the password is wrong"),))
