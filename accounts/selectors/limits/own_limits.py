"""What somebody has set to protect themselves."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.limits.exclusions import ExclusionKind
from accounts.domain.limits.own_limits import LimitKind, Setting
from accounts.models import Exclusion, TradingLimit


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """One of somebody's limits: which, and as it is set."""

    kind: LimitKind
    currency: str
    demo: bool
    period_days: int
    setting: Setting


def own_limits(user_id: int, *, now: datetime) -> list[OwnLimit]:
    """Somebody's limits that are in force at `now`, each with the raise that waits."""
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
    """A time-out or self-exclusion of somebody's."""

    kind: ExclusionKind
    starts_at: datetime
    ends_at: datetime


def own_exclusions(user_id: int, *, now: datetime) -> list[OwnExclusion]:
    """Somebody's exclusions that aren't over at `now`, of each kind the one that counts, the last to end first."""
    rows = Exclusion.objects.filter(user_id=user_id, ends_at__gt=now)
    last = rows.order_by("kind", "-ends_at", "-id").distinct("kind")
    found = [OwnExclusion(ExclusionKind(row.kind), row.starts_at, row.ends_at) for row in last]
    return sorted(found, key=lambda exclusion: exclusion.ends_at, reverse=True)
