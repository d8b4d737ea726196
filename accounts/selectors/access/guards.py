"""Checks that protect an account: second factor and live session."""

from collections.abc import Collection, Mapping
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.selectors.access.sessions import last_uses, would_have_lapsed

SessionUse = tuple[str, bool]
"""A session's key, and whether an app uses it by its tokens."""


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Whether a login needs more than the password: an app or a passkey. Recovery codes alone don't count."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=kinds).exists())


def owners_of_sessions(uses: Collection[SessionUse], *, now: datetime) -> dict[SessionUse, int]:
    """Returns the owner of each valid session: not ended, not lapsed, same password, account not frozen.

    Three queries for any number of them. The rules are those of `django.contrib.auth.get_user`, and `has_lapsed`.
    """
    rows = Session.objects.filter(session_key__in={key for key, _ in uses}, expire_date__gt=now)
    contents = {row.session_key: row.get_decoded() for row in rows}
    users = User.objects.in_bulk({content[SESSION_KEY] for content in contents.values() if SESSION_KEY in content})
    used_at, owners = last_uses(contents), {}
    for key, is_app in uses:
        content = contents.get(key, {})
        user = users.get(int(content.get(SESSION_KEY, 0)))
        if user is None or not opens(content, user):
            continue
        if not would_have_lapsed(content, user, used_at=used_at.get(key), is_app=is_app, now=now):
            owners[key, is_app] = user.pk
    return owners


def opens(content: Mapping[str, str], user: User) -> bool:
    """Whether a session with this content is one of this person's: signed in with their present password."""
    signed = content.get(HASH_SESSION_KEY, "")
    right = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return (
        user.is_active
        and content.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
        and any(constant_time_compare(signed, each) for each in right)
    )
