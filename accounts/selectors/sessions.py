"""What a session knows of itself."""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from accounts.domain.notation import parse_instant

SIGNED_IN_AT = "signed_in_at"


def session_started_at(session: SessionBase) -> datetime | None:
    """When its owner signed in; None for a visitor's."""
    return parse_instant(session.get(SIGNED_IN_AT, ""))
