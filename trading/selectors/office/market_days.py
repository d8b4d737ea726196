"""Reads the house's result and the volume of the last days, from the days that were counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Sum

from trading.models import MarketDay


@dataclass(frozen=True, slots=True)
class Period:
    """The sums of one book in one currency over some UTC days, today included. `profit` is the house's.

    `before`: its profit in as many days before; None if there were no trades.
    """

    days: int
    demo: bool
    currency: str
    trades: int
    staked: Decimal
    profit: Decimal
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day of a book in one currency; `profit` is the house's, less the corrections of that day."""

    day: date
    trades: int
    staked: Decimal
    profit: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    """The periods and the days, and when today was counted; None before the first count."""

    periods: Sequence[Period]
    days: dict[tuple[bool, str], list[Day]]
    """By book (demo or real) and currency: the days that had trades or corrections, the oldest first."""

    counted_at: datetime | None


def house_result(days: Sequence[int], *, now: datetime) -> Result:
    """The sums of each of these numbers of days, for each book and currency that had trades. One query for all."""
    today = now.astimezone(UTC).date()
    rows = MarketDay.objects.filter(day__gt=today - timedelta(days=2 * max(days)), day__lte=today)
    sums = rows.values("demo", "instrument__currency", "day").annotate(
        n=Sum("trades"), stakes=Sum("staked"), won=Sum("house_profit"), back=Sum("corrected")
    )
    books: dict[tuple[bool, str], list[Day]] = {}
    for row in sums.order_by("demo", "instrument__currency", "day"):
        day = Day(row["day"], row["n"], row["stakes"], row["won"] - row["back"])
        books.setdefault((row["demo"], row["instrument__currency"]), []).append(day)
    periods = [
        found for number in days for book, each in books.items() if (found := _period(book, each, number, today))
    ]
    return Result(periods, books, MarketDay.objects.aggregate(at=Max("counted_at"))["at"])


def _period(book: tuple[bool, str], days: Sequence[Day], number: int, today: date) -> Period | None:
    first = today - timedelta(days=number - 1)
    within = [each for each in days if each.day >= first]
    before = [each for each in days if first - timedelta(days=number) <= each.day < first]
    if not within:
        return None
    return Period(
        number,
        *book,
        sum(each.trades for each in within),
        _sum(each.staked for each in within),
        _sum(each.profit for each in within),
        _sum(each.profit for each in before) if before else None,
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
