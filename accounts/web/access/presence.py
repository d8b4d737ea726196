from collections.abc import Callable
from contextlib import suppress

from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.models import User
from accounts.services.access.end_lapsed_session import end_lapsed_session
from accounts.services.access.note_session_use import note_session_use


class PresenceMiddleware:
    """Ends a session that has lasted or waited too long; records the time and address of the last use of the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with suppress(OperationalError):  # the view meets the same error, and handles it
            self._note(request)
        return self.get_response(request)

    @staticmethod
    def _note(request: HttpRequest) -> None:
        key, user, now = request.session.session_key, request.user, timezone.now()
        if not key:
            return
        if isinstance(user, User) and end_lapsed_session(user=user, session=request.session, now=now):
            request.session.flush()
            request.user = AnonymousUser()
            return
        address, is_staff = request.META.get("REMOTE_ADDR"), isinstance(user, User) and user.is_staff
        note_session_use(session_key=key, address=address, now=now, is_staff=is_staff)
