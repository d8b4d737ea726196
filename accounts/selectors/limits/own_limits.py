"""Reads a person's own limits and exclusions."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.limits.exclusions import ExclusionKind
from accounts.domain.limits.own_limits import LimitKind, Setting
from accounts.models import Exclusion, TradingLimit


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """One of a person's own limits, with its setting."""

    kind: LimitKind
    currency: str
    demo: bool
    period_days: int
    setting: Setting


def own_limits(user_id: int, *, now: datetime) -> list[OwnLimit]:
    """Returns a person's limits in force at `now`, each with its waiting raise."""
    rows = TradingLimit.objects.filter(user_id=user_id).order_by("currency", "demo", "id")
    found = [
        OwnLimit(
            LimitKind(row.kind),
            row.currency,
            row.demo,
            row.period_days,
            Setting(row.amount, row.next_amount, row.next_from).settled(now),
        )
        for row in rows
    ]
    return [limit for limit in found if limit.setting.amount is not None]


@dataclass(frozen=True, slots=True)
class OwnExclusion:
    """A time-out or a self-exclusion of a person."""

    kind: ExclusionKind
    starts_at: datetime
    ends_at: datetime


def own_exclusions(user_id: int, *, now: datetime) -> list[OwnExclusion]:
    """Returns a person's exclusions in force at `now`: the longest of each kind, the last to end first."""
    rows = Exclusion.objects.filter(user_id=user_id, ends_at__gt=now)
    last = rows.order_by("kind", "-ends_at", "-id").distinct("kind")
    found = [OwnExclusion(ExclusionKind(row.kind), row.starts_at, row.ends_at) for row in last]
    return sorted(found, key=lambda exclusion: exclusion.ends_at, reverse=True)
