from collections.abc import Mapping
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.domain.push.subscriptions import DEVICES_MAX, subscription_of
from accounts.models import PushSubscription, User


def subscribe_to_pushes(*, user_id: int, session_key: str, given: Mapping[str, object], now: datetime) -> None:
    """Push this person's results to a browser from now on, while its session lasts.

    A browser that another person used before is theirs no more. Raises InvalidInput, NotFound for an ended session.
    """
    wanted = subscription_of(given, allowed=settings.WEBHOOK_NETWORKS)
    with transaction.atomic(durable=True):
        User.objects.select_for_update(no_key=True).get(pk=user_id)  # the lock makes the count exact
        session = UserSession.objects.filter(user_id=user_id, session_key=session_key).first()
        if session is None:
            raise NotFound("session")
        PushSubscription.objects.update_or_create(
            endpoint=wanted.endpoint,
            defaults={
                "user_id": user_id,
                "session": session,
                "receiver": wanted.receiver,
                "auth": wanted.auth,
                "made_at": now,
                "failing_since": None,
            },
        )
        kept = PushSubscription.objects.filter(user_id=user_id).order_by("-made_at", "-pk")[:DEVICES_MAX]
        PushSubscription.objects.filter(user_id=user_id).exclude(pk__in=[each.pk for each in kept]).delete()
