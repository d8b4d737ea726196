from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache

from accounts.domain.access.scopes import session_mark

NOTED_EVERY = timedelta(minutes=1)


def note_session_use(*, session_key: str, address: str | None, now: datetime) -> None:
    """Write down when and from where a session was last used: once a minute, not with each of its requests."""
    # Redis says whose minute it is; while it is away nothing is written, and only the list of devices is staler.
    if cache.add(f"session-use:{session_mark(session_key)}", True, timeout=NOTED_EVERY.total_seconds()):
        seen = {"ip": address} if address else {}
        UserSession.objects.filter(session_key=session_key).update(last_seen_at=now, **seen)
