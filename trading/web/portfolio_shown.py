"""The portfolio's values, ready to print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import accumulate

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone

from accounts.domain.money import write_money
from trading.domain.statistics import Verdict, WinRate, win_rate
from trading.selectors.past.results import Results, Streaks, Sums
from trading.web.present import duration_text, signed_money, tone_of

POINTS_MAX = 200
"""Of the curve; only days may be more."""

WIDTH = 100
"""Of the picture of an interval: a unit is a hundredth."""


@dataclass(frozen=True, slots=True)
class Choice:
    text: str
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class RateShown:
    """A win rate in words, and the places of its picture between 0 and WIDTH."""

    rate: str
    low: str
    high: str
    break_even: str
    verdict: Verdict
    at: str
    left: str
    width: str
    mark: str

    @classmethod
    def of(cls, rate: WinRate) -> RateShown:
        return cls(
            rate=_percent(rate.rate),
            low=_percent(rate.low),
            high=_percent(rate.high),
            break_even=_percent(rate.break_even),
            verdict=rate.verdict,
            at=_place(rate.rate),
            left=_place(rate.low),
            width=_place(rate.high - rate.low),
            mark=_place(rate.break_even),
        )


@dataclass(frozen=True, slots=True)
class GroupShown:
    name: str
    trades: str
    won: str
    lost: str
    rate: RateShown | None
    staked: str
    result: str
    tone: str

    @classmethod
    def of(cls, name: str, sums: Sums, currency: str) -> GroupShown:
        rate = win_rate(sums.won, sums.lost, float(sums.rates))
        return cls(
            name=name,
            trades=intcomma(sums.trades),
            won=intcomma(sums.won),
            lost=intcomma(sums.lost),
            rate=RateShown.of(rate) if rate else None,
            staked=intcomma(write_money(sums.staked, currency)),
            result=signed_money(sums.result, currency),
            tone=tone_of(sums.result),
        )


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of the curve: its beginning, its own result, and the result to date."""

    at: datetime
    result: str
    tone: str
    total: str


@dataclass(frozen=True, slots=True)
class PortfolioShown:
    currency: str
    all: GroupShown
    by_symbol: list[GroupShown]
    by_duration: list[GroupShown]
    by_hour: list[GroupShown]
    steps: list[StepShown]
    """Newest first."""

    streaks: Streaks

    @classmethod
    def of(cls, results: Results, streaks: Streaks, currency: str) -> PortfolioShown:
        def groups(named: Iterable[tuple[str, Sums]]) -> list[GroupShown]:
            return [GroupShown.of(name, sums, currency) for name, sums in named]

        return cls(
            currency=currency,
            all=GroupShown.of("", results.all, currency),
            by_symbol=groups(results.by_symbol.items()),
            by_duration=groups((duration_text(seconds), sums) for seconds, sums in results.by_duration.items()),
            by_hour=groups((f"{hour:02}:00–{hour:02}:59", sums) for hour, sums in results.by_hour.items()),
            steps=_steps(results, currency),
            streaks=streaks,
        )


def curve_data(results: Results, currency: str) -> dict[str, object]:
    """What the page's script draws the curve from: the result to date, from nothing on, at each step with a trade."""
    points = [{"time": int(at.timestamp()), "total": write_money(total, currency)} for at, total in _totals(results)]
    return {"currency": currency, "points": points}


def _drawn(results: Results) -> dict[datetime, Decimal]:
    """The result of each step, by its beginning: of minutes, hours or days of the reader's time zone.

    The steps are the finest of which there are few enough.
    """
    found = {timezone.localtime(at): sums.result for at, sums in results.by_bucket.items()}
    for beginning_of in (_hour, _day):
        if len(found) <= POINTS_MAX:
            break
        merged: dict[datetime, Decimal] = {}
        for at, result in found.items():
            beginning = beginning_of(at)
            merged[beginning] = merged.get(beginning, Decimal(0)) + result
        found = merged
    return found


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0)


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0)


def _totals(results: Results) -> list[tuple[datetime, Decimal]]:
    """The result to date at each step; the first one, where the curve begins, is nothing."""
    drawn = _drawn(results)
    if not drawn:
        return []
    first, *later = drawn
    before = first - (later[0] - first if later else timedelta(minutes=1))
    return [(before, Decimal(0)), *zip(drawn, accumulate(drawn.values()), strict=True)]


def _steps(results: Results, currency: str) -> list[StepShown]:
    drawn = _drawn(results)
    return [
        StepShown(at, signed_money(drawn[at], currency), tone_of(drawn[at]), signed_money(total, currency))
        for at, total in _totals(results)[1:]
    ][::-1]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"


def _place(share: float) -> str:
    return f"{WIDTH * share:.1f}"
