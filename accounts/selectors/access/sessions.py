"""Reads a session's start and its next reality check."""

from datetime import datetime, timedelta
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.domain.access.session_life import APP, STAFF, TRADER, is_over
from accounts.domain.notation import parse_instant
from accounts.models import User

SIGNED_IN_AT = "signed_in_at"
REALITY_CHECKED_AT = "reality_checked_at"


def session_started_at(session: SessionBase) -> datetime | None:
    """Returns the time when the owner signed in; None for a visitor's session."""
    return parse_instant(session.get(SIGNED_IN_AT, ""))


def has_lapsed(session: SessionBase, user: User, *, is_app: bool, now: datetime) -> bool:
    """Whether a living session of this person has lasted, or waited for its next use, longer than it may."""
    life = STAFF if user.is_staff else APP if is_app else TRADER
    used_at = _used_at(session) if life.idle_max else None
    return is_over(life, started_at=session_started_at(session), used_at=used_at, now=now)


def _used_at(session: SessionBase) -> datetime | None:
    rows = UserSession.objects.filter(session_key=session.session_key)
    used_at: datetime | None = rows.values_list("last_seen_at", flat=True).first()
    return used_at


def reality_check_due_at(session_key: str, minutes: int) -> datetime | None:
    """Returns the time of this session's next reality check, counted from the login or from the last check."""
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    began = session_started_at(session)
    checked = parse_instant(session.get(REALITY_CHECKED_AT, ""))
    last = max((at for at in (began, checked) if at), default=None)
    return last + timedelta(minutes=minutes) if last else None
