"""Ends what a thief could have left behind, when its owner changes the password or sets up a second factor."""

from datetime import datetime
from functools import partial

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.domain.access.api_keys import IN_DOUBT
from accounts.domain.access.scopes import AccessEnd, key_mark, session_mark
from accounts.models import ApiKey, User
from accounts.publish import end_message, publish
from accounts.selectors.access.second_factors import KINDS
from accounts.steps.end_sessions import end_sessions
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.tell_by_mail import tell_by_mail


def end_keys(*, user_id: int, keys: QuerySet[ApiKey], now: datetime) -> list[str]:
    """Revoke those of a person's keys at once and for ever, and close their sockets after the commit; return names."""
    ending = keys.filter(user_id=user_id, revoked_at=None).order_by("pk").select_for_update(no_key=True)
    names = dict(ending.values_list("pk", "name"))
    ApiKey.objects.filter(pk__in=names).update(revoked_at=now)
    message = end_message(user_id, reason=AccessEnd.KEY_REVOKED, marks=[key_mark(key_id) for key_id in names])
    transaction.on_commit(partial(publish, [message]))
    for key_id in names:
        log_on_commit("API key ended", user_id=user_id, api_key_id=key_id)
    return list(names.values())


def end_other_access(*, user_id: int, keep_session_key: str | None, now: datetime) -> None:
    """End all sessions but one, with their tokens and sockets, and the API keys that they made in the last 24 hours.

    Older keys stay: programs depend on them, and their owner has had the mail about each. So do keys from the shell.
    """
    kept = session_mark(keep_session_key) if keep_session_key else ""
    with transaction.atomic():
        end_sessions(user_id=user_id, keep_session_key=keep_session_key, reason=AccessEnd.CREDENTIALS_CHANGED)
        doubtful = ApiKey.objects.filter(created_at__gt=now - IN_DOUBT).exclude(made_by__in=["", kept])
        if names := end_keys(user_id=user_id, keys=doubtful, now=now):
            tell_by_mail(user_id, "api_keys_ended", names=", ".join(names))


def end_access_without_second_factor(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_: object
) -> None:
    """Handle allauth's signal `authenticator_added`: earlier sessions have never proved the first second factor."""
    others = Authenticator.objects.filter(user_id=user.pk, type__in=KINDS).exclude(pk=authenticator.pk)
    if authenticator.type in KINDS and not others.exists():
        end_other_access(user_id=user.pk, keep_session_key=request.session.session_key, now=timezone.now())
