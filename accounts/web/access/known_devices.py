"""Knows the browsers in which somebody has signed in, by a signed cookie: guesses of strangers don't shut them out."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "device" if settings.DEBUG else "__Host-device"
SALT, LINK_SALT = "known-device", "known-device-link"
COOKIE_SECONDS = 180 * 86_400
LINK_SECONDS = 86_400
PEOPLE_MAX = 5
"""A family's browser knows so many accounts, the latest first."""


def known_device(request: HttpRequest, user_id: int) -> str | None:
    """Returns the name of this person's known device that sends the request; None for an unknown one."""
    return _known(request).get(str(user_id))


def remember_device(response: HttpResponseBase, request: HttpRequest, user_id: int) -> None:
    """Makes the browser that gets this response a known device of this person."""
    before = _known(request)
    name = before.pop(str(user_id), None) or secrets.token_urlsafe(16)
    known = dict([(str(user_id), name), *before.items()][:PEOPLE_MAX])
    response.set_cookie(
        COOKIE,
        signing.dumps(known, salt=SALT),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def link_key(user_id: int) -> str:
    """Returns the key of a link that makes the browser which opens it a known device. It is valid for a day."""
    return signing.dumps(user_id, salt=LINK_SALT)


def user_of_link(key: str) -> int | None:
    """Returns the person of such a key; None for a forged or old one."""
    try:
        return int(signing.loads(key, salt=LINK_SALT, max_age=LINK_SECONDS))
    except signing.BadSignature:
        return None


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        known: dict[str, str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=COOKIE_SECONDS)
    except signing.BadSignature:
        return {}
    return known
