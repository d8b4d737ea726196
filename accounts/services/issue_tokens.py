"""Access and refresh tokens for apps, by allauth's JWT strategy: each pair belongs to a session that can be ended."""

from dataclasses import dataclass
from importlib import import_module

from allauth.account.adapter import get_adapter
from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed

from accounts.domain.access import LoginMethod
from accounts.domain.errors import InvalidCredentials, InvalidToken, TooManyAttempts
from accounts.domain.texts import storable
from accounts.models import User
from accounts.services.record_login import record_login


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str
    refresh: str
    expires_in_seconds: int


def issue_tokens(*, email: str, password: str, request: HttpRequest) -> TokenPair:
    """Tokens for whoever knows the password. Raises InvalidCredentials, the same for an unknown email.

    After five failures for one email in five minutes, or ten from one address in a minute, it raises
    TooManyAttempts instead of trying. `request` is only for that; its own session isn't touched.
    """
    try:
        user = get_adapter(request).authenticate(request, email=email.strip().lower(), password=password)
    except ValidationError as error:
        raise TooManyAttempts from error
    if not isinstance(user, User):
        raise InvalidCredentials  # written down by the adapter, which knows whose password was wrong
    _record(user, request, succeeded=user.is_active)
    if not user.is_active:  # allauth hands over inactive people too
        raise InvalidCredentials
    holder = HttpRequest()
    holder.META, holder.user = request.META, user
    holder.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(holder, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    holder.session.save()
    payload = JWTTokenStrategy().create_access_token_payload(holder)
    if payload is None:
        raise InvalidCredentials
    holder.session.save()  # the refresh token is remembered in it
    return TokenPair(payload["access_token"], payload["refresh_token"], settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN)


def _record(user: User, request: HttpRequest, *, succeeded: bool) -> None:
    record_login(
        user_id=user.pk,
        method=LoginMethod.TOKEN,
        succeeded=succeeded,
        address=request.META.get("REMOTE_ADDR"),
        device=request.headers.get("User-Agent", ""),
        now=timezone.now(),
    )


def refresh_tokens(*, refresh: str) -> TokenPair:
    """A new pair for a refresh token, which is spent by it. Raises InvalidToken."""
    if not storable(refresh):
        raise InvalidToken
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        # allauth reads the session, strikes the token off and writes it back: one after the other, or both succeed.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [refresh])
        pair = JWTTokenStrategy().refresh_token(refresh)
    if pair is None:
        raise InvalidToken
    return TokenPair(pair[0], pair[1], settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN)


def user_of_token(access: str) -> User:
    """Whose access token this is. Raises InvalidToken when it is forged, expired or its session has ended."""
    if not storable(access):
        raise InvalidToken
    try:
        user: User = JWTTokenAuthentication().authenticate_credentials(access)[0]
    except AuthenticationFailed as error:
        raise InvalidToken from error
    return user
