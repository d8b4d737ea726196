from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.access.end_lapsed_session import end_lapsed_session
from accounts.services.access.note_session_use import note_session_use


class PresenceMiddleware:
    """Ends a session that has lasted or waited too long; records the time and address of the last use of the others.

    A form that was sent after its session had ended leads to the login: there it is said that nothing was saved.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with suppress(OperationalError):  # the view meets the same error, and handles it
            self._note(request)
        response = self.get_response(request)
        if request.method == "POST" and response.get("Location", "").startswith(f"{resolve_url(settings.LOGIN_URL)}?"):
            messages.warning(request, _("You are signed out, and nothing was saved. Sign in, then do it once more."))
        return response

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
