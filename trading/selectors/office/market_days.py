"""Reads the house's result and the volume of the last days, from the days that were counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Sum

from trading.models import MarketDay


@dataclass(frozen=True, slots=True)
class Period:
    """The sums of one book in one currency over some UTC days, today included. `profit` is the house's."""

    days: int
    demo: bool
    currency: str
    trades: int
    staked: Decimal
    profit: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    """The periods, and when today was counted; None before the first count."""

    periods: Sequence[Period]
    counted_at: datetime | None


def house_result(days: Sequence[int], *, now: datetime) -> Result:
    """The sums of each of these numbers of days, for each book and currency that had trades."""
    today = now.astimezone(UTC).date()
    periods = []
    for number in days:
        rows = MarketDay.objects.filter(day__gt=today - timedelta(days=number), day__lte=today)
        sums = rows.values("demo", "instrument__currency").annotate(
            n=Sum("trades"), stakes=Sum("staked"), won=Sum("house_profit"), back=Sum("corrected")
        )
        for row in sums.order_by("demo", "instrument__currency"):
            profit = row["won"] - row["back"]
            periods.append(Period(number, row["demo"], row["instrument__currency"], row["n"], row["stakes"], profit))
    return Result(periods, MarketDay.objects.aggregate(at=Max("counted_at"))["at"])
