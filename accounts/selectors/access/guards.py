"""What guards somebody's account."""

from importlib import import_module

from allauth.core.internal.sessionkit import get_session_user
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether more than the password is asked: an authenticator app or a passkey. Recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def session_lives(session_key: str, user_id: int) -> bool:
    """Whether a session still lets this person in: neither ended nor expired, the same password, not frozen."""
    user = get_session_user(import_module(settings.SESSION_ENGINE).SessionStore(session_key))
    return user is not None and user.pk == user_id
