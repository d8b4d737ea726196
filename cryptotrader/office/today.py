"""Today: the state of the house at a glance. Each part shows itself to those whose roles open its subject."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from redis.exceptions import RedisError

from accounts.selectors.approvals.requests import waiting_requests
from cryptotrader.office.alerts import alerts_now, words
from cryptotrader.office.day_chart import Chart, chart
from cryptotrader.office.work import queues
from monitoring.domain.figures import ACTIVE_WINDOWS, active_people
from monitoring.selectors.backups import backup_state
from monitoring.selectors.figures import figures
from monitoring.selectors.market import index_ages, trades_now
from monitoring.selectors.queues import queue_depths
from trading.selectors.exposure import BookExposure, Exposure, exposures
from trading.selectors.office.market_days import Period, house_result
from trading.selectors.office.winners import TRADES_MAX as WINNERS_TRADES
from trading.selectors.office.winners import winners_today
from trading.selectors.venues import venue_report, venues_in_prices

DAYS = (1, 7, 30)
CAP_CARE = Decimal("0.8")
"""From this share on, the use of a cap needs care."""

BUCKETS_SHOWN = WINNERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Book:
    """An instrument's exposure in one book, with the minutes of expiry that could cost most."""

    book: BookExposure
    total: Exposure
    used: Decimal | None
    """The share of the cap, 0 to 1; None without a cap."""

    buckets: list[tuple[datetime, Exposure, Decimal | None]]

    @property
    def percent(self) -> int:
        return int(100 * (self.used or 0))

    @property
    def needs_care(self) -> bool:
        return any(used is not None and used >= CAP_CARE for used in (self.used, *(each[2] for each in self.buckets)))


def today(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
    """Shows the page; `?part=1` only what stays fresh."""
    context = {**state(request, timezone.now()), **(extra_context or {})}
    if "part" in request.GET:
        return TemplateResponse(request, "office/parts/today.html", context)
    shared = admin.site.each_context(request)
    return TemplateResponse(request, "office/today.html", {**shared, **context, "title": gettext("Today")})


def state(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """The parts that this member of staff sees."""
    parts = {name: read(now) for name, (permission, read) in PARTS.items() if request.user.has_perm(permission)}
    return {"now": now, "winners_of": WINNERS_TRADES, "queues": queues(request, now), **parts}


def _alerts(now: datetime) -> list[tuple[str, str]]:
    return [(words(each), gettext(each.fix)) for each in alerts_now().values()]


def _result(now: datetime) -> dict[str, Any]:
    """By book and currency: the periods of each number of days, real money first."""
    result = house_result(DAYS, now=now)
    books = sorted({(period.demo, period.currency) for period in result.periods})
    today = now.astimezone(UTC).date()
    rows: list[tuple[bool, str, list[Period | None], Chart]] = []
    for demo, currency in books:
        of_book = {each.days: each for each in result.periods if (each.demo, each.currency) == (demo, currency)}
        bars = chart(result.days[demo, currency], last=today, number=max(DAYS))
        rows.append((demo, currency, [of_book.get(days) for days in DAYS], bars))
    return {"rows": rows, "counted_at": result.counted_at}


def _books() -> list[Book]:
    found = [_book(book) for book in exposures()]
    return sorted(found, key=lambda each: (each.book.demo, -each.total.worst))


def _book(book: BookExposure) -> Book:
    buckets = [(at, exposure, _share(exposure.liability, book.bucket_liability_max)) for at, exposure in book.buckets]
    worst = sorted(buckets, key=lambda each: -each[1].worst)[:BUCKETS_SHOWN]
    total = book.total
    return Book(book, total, _share(total.liability, book.liability_max), sorted(worst, key=lambda each: each[0]))


def _share(liability: Decimal, cap: Decimal | None) -> Decimal | None:
    return liability / cap if cap else None


def _indexes(now: datetime) -> list[dict[str, Any]]:
    venues = venues_in_prices()
    return [{"age": age, "venues": venues.get(age.instrument)} for age in index_ages(now)]


def _depths() -> dict[str, int] | None:
    """The waiting tasks of each queue; None when the broker doesn't answer."""
    try:
        return queue_depths()
    except RedisError:
        return None


def _active() -> dict[str, int]:
    found = figures([active_people(window) for window in ACTIVE_WINDOWS])
    named = {window: active_people(window) for window in ACTIVE_WINDOWS}
    return {window: int(found[name].value) for window, name in named.items() if name in found}


PARTS: Mapping[str, tuple[str, Callable[[datetime], Any]]] = {
    "alerts": ("trading.view_indexprice", _alerts),
    "result": ("trading.view_exposure", _result),
    "books": ("trading.view_exposure", lambda now: _books()),
    "counts": ("trading.view_exposure", trades_now),
    "winners": ("trading.view_flashtrade", lambda now: winners_today(now, limit=WINNERS_SHOWN)),
    "indexes": ("trading.view_instrument", _indexes),
    "report": ("trading.view_indexprice", lambda now: venue_report()),
    "backups": ("monitoring.view_backuprun", backup_state),
    "depths": ("monitoring.view_backuprun", lambda now: _depths()),
    "active": ("trading.view_exposure", lambda now: _active()),
    "waiting": ("accounts.view_approvalrequest", waiting_requests),
}
"""By the name of a part: the permission that opens it, and how it is read."""
