"""Tokens for apps and bots. The browser uses sessions instead."""

from django.utils import timezone
from django.utils.translation import get_language
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.inputs import required_texts
from accounts.services.issue_tokens import TokenPair, issue_tokens, refresh_tokens
from accounts.services.register_trader import register_trader


class Open(APIView):
    """For callers who aren't anybody yet: whatever credentials they send along are not looked at."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class Register(Open):
    def post(self, request: Request) -> Response:
        email, password = required_texts(request, "email", "password")
        locale = "ko" if get_language() == "ko" else "en"
        user = register_trader(email=email, password=password, locale=locale, now=timezone.now())
        return Response({"id": user.pk, "email": user.email}, status=201)


class Token(Open):
    def post(self, request: Request) -> Response:
        email, password = required_texts(request, "email", "password")
        return _pair(issue_tokens(email=email, password=password, request=request._request))


class Refresh(Open):
    def post(self, request: Request) -> Response:
        (refresh,) = required_texts(request, "refresh")
        return _pair(refresh_tokens(refresh=refresh))


def _pair(pair: TokenPair) -> Response:
    body = {
        "access": pair.access,
        "refresh": pair.refresh,
        "token_type": "Bearer",
        "expires_in": pair.expires_in_seconds,
    }
    return Response(body, headers={"Cache-Control": "no-store"})
