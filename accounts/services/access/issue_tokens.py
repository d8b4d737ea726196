"""Issues access and refresh tokens for apps, by allauth's JWT strategy. Each pair belongs to a session that can end."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from allauth.account.adapter import get_adapter
from allauth.account.utils import has_verified_email
from allauth.core.context import request_context
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.domain.access.scopes import LoginMethod, SecondFactorRequired
from accounts.domain.errors import EmailNotVerified, InvalidCredentials, Refusal, TooManyAttempts, TooManyRequests
from accounts.domain.mailbox import mailbox_if_any
from accounts.metrics import LOGINS_REFUSED
from accounts.models import User
from accounts.selectors.access.devices import is_new_device
from accounts.selectors.access.guards import has_second_factor
from accounts.services.access.check_second_factor import check_second_factor
from accounts.services.access.count_attempts import STRANGER
from accounts.services.access.record_login import record_login
from accounts.services.access.resend_verification import resend_verification
from accounts.tracing import traced


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str
    refresh: str
    expires_in_seconds: int


@traced
def issue_tokens(
    *, email: str, password: str, request: HttpRequest, now: datetime, code: str | None = None
) -> TokenPair:
    """Issue tokens for the right password and, where a second factor is set, one of its codes.

    Raises InvalidCredentials, also for an unknown email. Only for the right password: SecondFactorRequired,
    SecondFactorWrong, EmailNotVerified (after mailing the link again). Raises TooManyAttempts after five failures for
    one account or ten from one address, even for right ones. `request` gives the client's address; its session stays.
    """
    try:
        user = get_adapter(request).authenticate(request, email=mailbox_if_any(email), password=password)
    except ValidationError as error:  # the adapter counts the attempts, as it does for pages
        raise error.__cause__ or TooManyAttempts from error
    if not isinstance(user, User):
        raise InvalidCredentials  # the adapter has recorded it: it knows the account
    try:
        _check_more_than_the_password(user, code, request, now)
    except SecondFactorRequired:
        raise  # a question for the code, not a failure
    except Refusal as refusal:
        LOGINS_REFUSED.labels(refusal.code).inc()
        _record(user, request, now, succeeded=False)
        raise
    new_device = is_new_device(user.pk, request.headers.get("User-Agent", ""))
    _record(user, request, now, succeeded=True)
    pair = _open_session(user, request)
    if new_device:
        with request_context(request):
            get_adapter().send_notification_mail("account/email/new_device", user)
    return pair


def _check_more_than_the_password(user: User, code: str | None, request: HttpRequest, now: datetime) -> None:
    if not user.is_active:  # allauth passes inactive people too
        raise InvalidCredentials
    if not has_verified_email(user, user.email):
        with suppress(TooManyRequests):  # the last mail was sent a moment ago
            resend_verification(email=user.email, request=request)
        raise EmailNotVerified
    if has_second_factor(user):
        check_second_factor(user=user, code=code, now=now, place=STRANGER)


def _record(user: User, request: HttpRequest, now: datetime, *, succeeded: bool) -> None:
    record_login(
        user_id=user.pk,
        method=LoginMethod.TOKEN,
        succeeded=succeeded,
        address=request.META.get("REMOTE_ADDR"),
        device=request.headers.get("User-Agent", ""),
        now=now,
    )


def _open_session(user: User, request: HttpRequest) -> TokenPair:
    holder = HttpRequest()
    holder.META, holder.user = request.META, user
    holder.session = import_module(settings.SESSION_ENGINE).SessionStore()
    holder.session.set_expiry(settings.HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN)
    login(holder, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    holder.session.save()
    UserSession.objects.create_from_request(holder)
    payload = JWTTokenStrategy().create_access_token_payload(holder)
    if payload is None:
        raise InvalidCredentials
    holder.session.save()  # stores the refresh token in the session
    return TokenPair(payload["access_token"], payload["refresh_token"], settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN)
