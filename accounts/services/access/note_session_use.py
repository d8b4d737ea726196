from collections.abc import Mapping
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django_redis import get_redis_connection
from redis import RedisError

from accounts.bound_statements import prepared_rows
from accounts.domain.access.scopes import session_mark

NOTED_EVERY = timedelta(minutes=1)
REMEMBERED_MAX = 10_000

# An address is one already, as the server or a proxy of ours told it; without one, the last one stays.
SEEN = """
    UPDATE usersessions_usersession s
    SET last_seen_at = %(now)s::timestamptz, ip = coalesce(nullif(seen.address, '')::inet, s.ip)
    FROM unnest(%(key)s::text[], %(address)s::text[]) AS seen(key, address) WHERE s.session_key = seen.key
"""
_REMEMBERED: dict[str, datetime] = {}
"""The last notes of this process: in the same minute it needn't even ask Redis."""


def note_session_uses(uses: Mapping[str, str], *, now: datetime) -> None:
    """The same for the last use of many traders' sessions: their addresses by their keys. One call of Redis for all.

    One statement at most.
    """
    seconds = int(NOTED_EVERY.total_seconds())
    try:
        pipeline = get_redis_connection().pipeline(transaction=False)
        for key in uses:
            pipeline.set(cache.make_key(_noted(key)), 1, ex=seconds, nx=True)
        is_first = pipeline.execute()
    except RedisError:
        return
    due = {key: address for (key, address), first in zip(uses.items(), is_first, strict=True) if first}
    if due:
        prepared_rows(SEEN, {"key": list(due), "address": list(due.values()), "now": now})


def note_session_use(*, session_key: str, address: str | None, now: datetime, is_staff: bool = False) -> None:
    """Store the last use of a session with its address, at most once a minute.

    Redis keeps the minute. Without Redis the list of devices gets staler; but staff's sessions end without use, so for
    them PostgreSQL keeps it.
    """
    if _is_remembered(session_key, now):
        return
    seen = _seen(address, now)
    rows = UserSession.objects.filter(session_key=session_key)
    if is_staff:
        rows.filter(last_seen_at__lte=now - NOTED_EVERY).update(**seen)
    elif cache.add(_noted(session_key), True, timeout=NOTED_EVERY.total_seconds()):
        rows.update(**seen)


def _noted(session_key: str) -> str:
    return f"session-use:{session_mark(session_key)}"


def _is_remembered(session_key: str, now: datetime) -> bool:
    """Whether this process has noted the session in the last minute; if not, it remembers that it does so now."""
    noted_at = _REMEMBERED.get(session_key)
    if noted_at is not None and timedelta(0) <= now - noted_at < NOTED_EVERY:
        return True
    if len(_REMEMBERED) >= REMEMBERED_MAX:
        _REMEMBERED.clear()
    _REMEMBERED[session_key] = now
    return False


def _seen(address: str | None, now: datetime) -> dict[str, object]:
    return {"last_seen_at": now, **({"ip": address} if address else {})}
