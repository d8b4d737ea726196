from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.domain.notation import write_instant
from accounts.selectors.access.sessions import SIGNED_IN_AT


def mark_session(*, request: HttpRequest, **_: Any) -> None:
    """Store the start of a new session: session limits and reality checks count from it."""
    request.session[SIGNED_IN_AT] = write_instant(timezone.now())
