"""Reads the sessions of many access tokens at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from accounts.bound_statements import prepared_rows
from accounts.models import User
from accounts.selectors.access.guards import opens
from accounts.selectors.access.sessions import session_started_at

ROWS = """
    SELECT s.session_key, s.session_data, u.id, u.password, u.is_active, u.is_staff
    FROM unnest(%(keys)s::text[], %(users)s::bigint[]) AS wanted(session_key, user_id)
    JOIN django_session s ON s.session_key = wanted.session_key AND s.expire_date > %(now)s::timestamptz
    JOIN users u ON u.id = wanted.user_id
"""
FIELDS = ("id", "password", "is_active", "is_staff")


@dataclass(frozen=True, slots=True)
class TokenSession:
    """A living session and its owner, who isn't frozen; only the fields of access are there without a query."""

    user: User
    started_at: datetime | None


def sessions_of_tokens(wanted: Sequence[tuple[str, int]], *, now: datetime) -> dict[tuple[str, int], TokenSession]:
    """Returns the valid ones of these (session key, user id), by one query.

    The rules are those of `django.contrib.auth.get_user`. Whether a session has lapsed is for the caller to ask.
    """
    values = {"keys": [key for key, _ in wanted], "users": [user_id for _, user_id in wanted], "now": now}
    found = {}
    for key, content, *columns in prepared_rows(ROWS, values):
        user: User = User.from_db("default", FIELDS, columns)
        is_valid, started_at = _read(content, user.pk, user.password) if user.is_active else (False, None)
        if is_valid:
            found[key, user.pk] = TokenSession(user, started_at)
    return found


@lru_cache(maxsize=10_000)
def _read(content: str, user_id: int, password: str) -> tuple[bool, datetime | None]:
    """Whether the session's content is this person's, since their last password; and its start.

    It depends on these texts alone, so an answer holds for ever: a new password is another text.
    """
    decoded = Session(session_data=content).get_decoded()
    is_theirs = decoded.get(SESSION_KEY) == str(user_id)
    is_valid = is_theirs and opens(decoded, User(pk=user_id, password=password, is_active=True))
    return is_valid, session_started_at(decoded) if is_valid else None
