from collections.abc import Callable
from contextlib import suppress

from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.services.access.note_session_use import note_session_use


class PresenceMiddleware:
    """Records the time and address of each session's last use, for the list of devices."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        if key:
            with suppress(OperationalError):  # the view meets the same error, and handles it
                note_session_use(session_key=key, address=request.META.get("REMOTE_ADDR"), now=timezone.now())
        return self.get_response(request)
