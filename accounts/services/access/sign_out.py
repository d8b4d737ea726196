from django.db import transaction

from accounts.domain.access.scopes import AccessEnd
from accounts.steps.end_sessions import end_sessions


def sign_out(*, user_id: int, session_key: str | None = None, keep_session_key: str | None = None) -> int:
    """End one of a person's sessions, or all but the one to keep, with tokens and sockets. Returns the number ended.

    It never ends another person's session.
    """
    with transaction.atomic(durable=True):
        return end_sessions(
            user_id=user_id,
            reason=AccessEnd.SIGNED_OUT,
            session_key=session_key,
            keep_session_key=keep_session_key,
        )
