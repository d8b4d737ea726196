from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache

from accounts.domain.access.scopes import session_mark

NOTED_EVERY = timedelta(minutes=1)


def note_session_use(*, session_key: str, address: str | None, now: datetime) -> None:
    """Store the last use of a session with its address, at most once a minute."""
    # Redis keeps the minute. Without Redis nothing is stored, and only the list of devices gets staler.
    if cache.add(f"session-use:{session_mark(session_key)}", True, timeout=NOTED_EVERY.total_seconds()):
        seen = {"ip": address} if address else {}
        UserSession.objects.filter(session_key=session_key).update(last_seen_at=now, **seen)
