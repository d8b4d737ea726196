from dataclasses import dataclass
from datetime import datetime

from accounts.models import ApiKey, User


@dataclass(frozen=True, slots=True)
class TradingStop:
    """Since when no key of a person trades, None if they may; and the single keys that are stopped."""

    stopped_at: datetime | None
    keys: tuple[ApiKey, ...]


def trading_stop_of(user_id: int) -> TradingStop:
    """Returns the stop of a person's keys."""
    stopped_at = User.objects.values_list("keys_stopped_at", flat=True).get(pk=user_id)
    keys = ApiKey.objects.filter(user_id=user_id, revoked_at=None, stopped_at__isnull=False).order_by("pk")
    return TradingStop(stopped_at, tuple(keys))
