"""Endpoints that issue, refresh and end tokens, for apps and bots. Browsers use sessions instead."""

from django.utils import timezone
from django.utils.translation import get_language
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.authentication import session_key_of
from accounts.rest.doors import Door
from accounts.rest.inputs import optional_text, required_texts, takes
from accounts.rest.permissions import PersonOnly
from accounts.selectors.people.person import id_of
from accounts.services.access.issue_tokens import TokenPair, issue_tokens
from accounts.services.access.refresh_tokens import refresh_tokens
from accounts.services.access.resend_verification import resend_verification
from accounts.services.access.sign_out import sign_out
from accounts.services.access.verify_email import verify_email
from accounts.services.people.sign_up import sign_up

MAILED = {"status": "mail-sent"}
"""The same reply for a known and for an unknown email."""


class Open(Door):
    """For callers without an account or a login. Ignores any credentials that they send."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class Register(Open):
    @takes("email", "password")
    def post(self, request: Request) -> Response:
        email, password = required_texts(request, "email", "password")
        locale = "ko" if get_language() == "ko" else "en"
        sign_up(email=email, password=password, locale=locale, request=request._request, now=timezone.now())
        return Response(MAILED, status=202)


class VerifyEmail(Open):
    @takes("key")
    def post(self, request: Request) -> Response:
        (key,) = required_texts(request, "key")
        verify_email(key=key, request=request._request)
        return Response({"status": "verified"})


class ResendVerification(Open):
    @takes("email")
    def post(self, request: Request) -> Response:
        (email,) = required_texts(request, "email")
        resend_verification(email=email, request=request._request)
        return Response(MAILED, status=202)


class Token(Open):
    @takes("email", "password", "code")
    def post(self, request: Request) -> Response:
        email, password = required_texts(request, "email", "password")
        code = optional_text(request, "code")
        now = timezone.now()
        return _pair(issue_tokens(email=email, password=password, code=code, request=request._request, now=now))


class Refresh(Open):
    @takes("refresh")
    def post(self, request: Request) -> Response:
        (refresh,) = required_texts(request, "refresh")
        return _pair(refresh_tokens(refresh=refresh, now=timezone.now()))


class Logout(Door):
    """Ends the session behind the caller's token or cookie."""

    permission_classes = (PersonOnly,)

    @takes()
    def post(self, request: Request) -> Response:
        sign_out(user_id=id_of(request.user), session_key=session_key_of(request))
        return Response(status=204)


def _pair(pair: TokenPair) -> Response:
    body = {
        "access": pair.access,
        "refresh": pair.refresh,
        "token_type": "Bearer",
        "expires_in": pair.expires_in_seconds,
    }
    return Response(body, headers={"Cache-Control": "no-store"})
