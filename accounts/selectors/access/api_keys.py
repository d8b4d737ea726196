from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import ApiKey


def keys_of(user_id: int) -> list[ApiKey]:
    """Returns a person's keys that aren't revoked, newest first, expired ones included."""
    return list(ApiKey.objects.filter(user_id=user_id, revoked_at=None).order_by("-id"))


def live_keys(user_id: int, now: datetime) -> QuerySet[ApiKey]:
    """Returns a person's keys that work now."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    return ApiKey.objects.filter(unexpired, user_id=user_id, revoked_at=None)


def living_keys(ids: Collection[int]) -> set[int]:
    """Returns those keys that aren't revoked, and whose owner isn't frozen. The caller checks the expiry itself."""
    return set(ApiKey.objects.filter(pk__in=ids, revoked_at=None, user__is_active=True).values_list("pk", flat=True))


def key_of(user_id: int, key_id: int) -> ApiKey | None:
    """Returns a person's own key, unless it is revoked."""
    return ApiKey.objects.filter(pk=key_id, user_id=user_id, revoked_at=None).first()
