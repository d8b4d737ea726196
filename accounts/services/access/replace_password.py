from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.steps.end_other_access import end_other_access
from accounts.steps.log_on_commit import log_on_commit


def replace_password(*, user: User, password: str, keep_session_key: str | None, now: datetime) -> None:
    """Store a person's new password, and end all other access that the old one may have given (`end_other_access`)."""
    user.set_password(password)
    with transaction.atomic(durable=True):
        user.save(update_fields=["password"])
        end_other_access(user_id=user.pk, keep_session_key=keep_session_key, now=now)
        log_on_commit("password replaced", user_id=user.pk)
