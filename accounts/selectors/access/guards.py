"""Checks that protect an account: second factor and live session."""

from datetime import datetime
from importlib import import_module

from allauth.core.internal.sessionkit import get_session_user
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.selectors.access.sessions import has_lapsed


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a login needs more than the password: an app or a passkey. Recovery codes alone don't count."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def session_lives(session_key: str, user_id: int, *, now: datetime, is_app: bool = False) -> bool:
    """Whether a session is valid for this person: not ended, not expired, same password, account not frozen."""
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_session_user(session)
    if not isinstance(user, User) or user.pk != user_id:
        return False
    return not has_lapsed(session, user, is_app=is_app, now=now)
