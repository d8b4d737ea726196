"""Reads a session's start and its next reality check."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.domain.access.session_life import APP, STAFF, TRADER, SessionLife, is_over
from accounts.domain.notation import parse_instant
from accounts.models import User

SIGNED_IN_AT = "signed_in_at"
REALITY_CHECKED_AT = "reality_checked_at"


def session_started_at(session: SessionBase | Mapping[str, Any]) -> datetime | None:
    """Returns the time when the owner signed in; None for a visitor's session."""
    return parse_instant(session.get(SIGNED_IN_AT, ""))


def has_lapsed(session: SessionBase, user: User, *, is_app: bool, now: datetime) -> bool:
    """Whether a living session of this person has lasted, or waited for its next use, longer than it may."""
    key = session.session_key or ""
    used_at = last_uses([key]).get(key) if _life(user, is_app).idle_max else None
    return would_have_lapsed(session, user, used_at=used_at, is_app=is_app, now=now)


def has_app_lapsed(user: User, session_key: str, *, started_at: datetime | None, now: datetime) -> bool:
    """The same of an app's session with this start."""
    life = _life(user, is_app=True)
    used_at = last_uses([session_key]).get(session_key) if life.idle_max else None
    return is_over(life, started_at=started_at, used_at=used_at, now=now)


def would_have_lapsed(
    session: SessionBase | Mapping[str, Any], user: User, *, used_at: datetime | None, is_app: bool, now: datetime
) -> bool:
    """The same of a session with this content, last used at this time."""
    life = _life(user, is_app)
    return is_over(life, started_at=session_started_at(session), used_at=used_at if life.idle_max else None, now=now)


def _life(user: User, is_app: bool) -> SessionLife:
    return STAFF if user.is_staff else APP if is_app else TRADER


def last_uses(session_keys: Iterable[str]) -> dict[str, datetime]:
    """Returns the time of the last use of each session that has one."""
    rows = UserSession.objects.filter(session_key__in=list(session_keys))
    return dict(rows.values_list("session_key", "last_seen_at"))


def reality_check_due_at(session_key: str, minutes: int) -> datetime | None:
    """Returns the time of this session's next reality check, counted from the login or from the last check."""
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    began = session_started_at(session)
    checked = parse_instant(session.get(REALITY_CHECKED_AT, ""))
    last = max((at for at in (began, checked) if at), default=None)
    return last + timedelta(minutes=minutes) if last else None
