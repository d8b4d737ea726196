"""Reads a session's start and its next reality check."""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from accounts.domain.notation import parse_instant

SIGNED_IN_AT = "signed_in_at"
REALITY_CHECKED_AT = "reality_checked_at"


def session_started_at(session: SessionBase) -> datetime | None:
    """Returns the time when the owner signed in; None for a visitor's session."""
    return parse_instant(session.get(SIGNED_IN_AT, ""))


def reality_check_due_at(session_key: str, minutes: int) -> datetime | None:
    """Returns the time of this session's next reality check, counted from the login or from the last check."""
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    began = session_started_at(session)
    checked = parse_instant(session.get(REALITY_CHECKED_AT, ""))
    last = max((at for at in (began, checked) if at), default=None)
    return last + timedelta(minutes=minutes) if last else None
