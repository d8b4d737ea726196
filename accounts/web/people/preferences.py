"""Showing somebody who is signed in everything in their own language and time zone, on whatever device."""

import zoneinfo
from collections.abc import Callable
from contextlib import ExitStack

from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from accounts.models import User


class PreferencesMiddleware:
    """After Django's own: what somebody chose in their settings wins over the cookie and the browser's wishes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            user = request.user if request.user.is_authenticated else None
        except OperationalError:
            user = None  # the view will meet the same, and has an answer for it
        with ExitStack() as ways:
            if isinstance(user, User):
                translation.activate(user.locale)  # left on: LocaleMiddleware names the language of the answer
                if user.time_zone:
                    ways.enter_context(timezone.override(zoneinfo.ZoneInfo(user.time_zone)))
            return self.get_response(request)
