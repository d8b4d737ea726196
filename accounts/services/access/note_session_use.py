from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache

from accounts.domain.access.scopes import session_mark

NOTED_EVERY = timedelta(minutes=1)


def note_session_use(*, session_key: str, address: str | None, now: datetime, is_staff: bool = False) -> None:
    """Store the last use of a session with its address, at most once a minute.

    Redis keeps the minute. Without Redis the list of devices gets staler; but staff's sessions end without use, so for
    them PostgreSQL keeps it.
    """
    seen = {"last_seen_at": now, **({"ip": address} if address else {})}
    rows = UserSession.objects.filter(session_key=session_key)
    if is_staff:
        rows.filter(last_seen_at__lte=now - NOTED_EVERY).update(**seen)
    elif cache.add(f"session-use:{session_mark(session_key)}", True, timeout=NOTED_EVERY.total_seconds()):
        rows.update(**seen)
