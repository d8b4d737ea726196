from datetime import datetime
from importlib import import_module

from django.conf import settings

from accounts.domain.notation import write_instant
from accounts.selectors.access.sessions import REALITY_CHECKED_AT


def confirm_reality_check(*, session_key: str, now: datetime) -> None:
    """Record that a person has seen their reality check. The next one counts from now, in all tabs of the session."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    session[REALITY_CHECKED_AT] = write_instant(now)
    session.save()
