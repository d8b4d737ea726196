"""A trader's results over some days, for staff: one query by the index of a person's settled trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from trading.domain.settlement import Result
from trading.models import FlashTrade


@dataclass(frozen=True, slots=True)
class TraderResult:
    """The sums of a person's settled trades in one book and currency. `profit` is the trader's, before any void."""

    demo: bool
    currency: str
    trades: int
    won: int
    staked: Decimal
    profit: Decimal


def trader_results(user_id: int, *, days: int, now: datetime) -> Sequence[TraderResult]:
    """The sums of the trades that were settled in the last days, real money first."""
    rows = FlashTrade.objects.filter(user_id=user_id, state="settled", settled_at__gt=now - timedelta(days=days))
    sums = rows.values("demo", "currency").annotate(
        n=Count("pk"), won=Count("pk", filter=Q(outcome=Result.WON)), stakes=Sum("stake"), gained=Sum("profit")
    )
    return [
        TraderResult(row["demo"], row["currency"], row["n"], row["won"], row["stakes"], row["gained"])
        for row in sums.order_by("demo", "currency")
    ]
