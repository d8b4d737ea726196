from django.db import transaction

from accounts.domain.access.scopes import AccessEnd
from accounts.steps.end_sessions import end_sessions


def sign_out(*, user_id: int, session_key: str | None = None, keep_session_key: str | None = None) -> int:
    """End one of a person's own sessions, or all but the one to keep, with their tokens and sockets; how many ended.

    The session of another person is left alone.
    """
    with transaction.atomic(durable=True):
        return end_sessions(
            user_id=user_id,
            reason=AccessEnd.SIGNED_OUT,
            session_key=session_key,
            keep_session_key=keep_session_key,
        )
