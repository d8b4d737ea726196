"""Applies a signed-in person's language and time zone to each page, on every device."""

import zoneinfo
from collections.abc import Callable
from contextlib import ExitStack

from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from accounts.models import User


class PreferencesMiddleware:
    """Runs after Django's own. A person's settings take precedence over the cookie and the browser's languages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            user = request.user if request.user.is_authenticated else None
        except OperationalError:
            user = None  # the view meets the same error, and handles it
        with ExitStack() as ways:
            if isinstance(user, User):
                translation.activate(user.locale)  # stays on: LocaleMiddleware reads it for the response's language
                if user.time_zone:
                    ways.enter_context(timezone.override(zoneinfo.ZoneInfo(user.time_zone)))
            return self.get_response(request)
