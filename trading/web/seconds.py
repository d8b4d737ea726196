"""The public page of any second of any instrument: these venues, this price, this hash."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from http import HTTPStatus

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.domain.notation import write_instant
from accounts.site import absolute
from trading.domain.errors import UnknownInstrument
from trading.domain.index import mid_of
from trading.domain.proof.days import day_of
from trading.models import DailyDigest, IndexPrice
from trading.selectors.history import priced
from trading.selectors.proof.digests import digests_of_days
from trading.selectors.seconds import Second, second_of
from trading.web.checks import MEANINGS, OF_SECOND
from trading.wire.market import write_price
from trading.wire.seconds import evidence as evidence_of

_ADDRESS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_TYPED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]+([0-9]{2}:[0-9]{2}:[0-9]{2})(?:Z| ?UTC)?", re.ASCII)

YOUNG_SECONDS, DAY_SECONDS, FINAL_SECONDS = 2, 60, 86_400
"""How long the evidence may be kept: without a successor, without the digest of its day, and complete."""


@dataclass(frozen=True, slots=True)
class VenueShown:
    name: str
    bid: str
    ask: str
    mid: str
    age: str
    """Of the quote at the second, in seconds."""

    out: str
    conversion: dict[str, object] | None
    mirror: str


@require_safe
def latest(request: HttpRequest, symbol: str) -> HttpResponse:
    """Leads to the newest second, or to that of `?at=`, as somebody types it: 2026-01-31 12:00:09, in UTC."""
    newest = _priced_at(symbol)
    typed = request.GET.get("at", "").strip()
    found = _TYPED.fullmatch(typed)
    at = _instant(f"{found[1]}T{found[2]}Z") if found else None
    if typed and at is None:
        return _no_time(request, symbol, typed)
    if at is None and newest is None:
        raise Http404(symbol)
    return redirect("second", symbol, write_instant(at or newest or timezone.now()))


@require_safe
def second(request: HttpRequest, symbol: str, at: str) -> HttpResponse:
    """The price of this second; 404 with the reason where there is none, 400 for another form of a time."""
    moment = _instant(at) if _ADDRESS.fullmatch(at) else None
    if moment is None:
        return _no_time(request, symbol, at)
    found = _second(symbol, moment)
    context = {
        "second": found,
        "symbol": symbol,
        "at": at,
        "day": moment.date().isoformat(),
        "clock": at[11:19],
        "before": _named(found.before),
        "after": _named(found.after),
    }
    if found.price is None:
        return render(request, "trading/second_missing.html", context, status=HTTPStatus.NOT_FOUND)
    digest = _digest(found)
    context |= {
        "price": intcomma(write_price(found.price.price, found.instrument.pip)),
        "venues": _venues(found.price),
        "counted": sum("out" not in venue for venue in found.price.venues),
        "digest": digest,
        "address": absolute(request.path),
        "check_steps": OF_SECOND,
        "check_meanings": MEANINGS,
    }
    return render(request, "trading/second.html", context)


@require_safe
def evidence(request: HttpRequest, symbol: str, at: str) -> HttpResponse:
    """The evidence that the page's check reads: the same for everyone."""
    moment = _instant(at) if _ADDRESS.fullmatch(at) else None
    found = _second(symbol, moment) if moment else None
    if found is None or found.price is None:
        raise Http404(at)
    answer = JsonResponse(evidence_of(found, now=timezone.now()), json_dumps_params={"indent": 1})
    patch_cache_control(answer, public=True, max_age=_kept_seconds(found, _digest(found)))
    return answer


def address_of(symbol: str, priced_at: datetime) -> str:
    """The address of a second's page."""
    return reverse("second", args=[symbol, write_instant(priced_at)])


def _no_time(request: HttpRequest, symbol: str, typed: str) -> HttpResponse:
    newest = _priced_at(symbol)
    context = {"symbol": symbol, "typed": typed[:40], "newest": write_instant(newest) if newest else ""}
    return render(request, "trading/second_unread.html", context, status=HTTPStatus.BAD_REQUEST)


def _priced_at(symbol: str) -> datetime | None:
    try:
        return priced(symbol).priced_at
    except UnknownInstrument as error:
        raise Http404(symbol) from error


def _second(symbol: str, at: datetime) -> Second:
    try:
        return second_of(symbol, at)
    except UnknownInstrument as error:
        raise Http404(symbol) from error


def _instant(text: str) -> datetime | None:
    """None for a day or an hour that no calendar has."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _digest(found: Second) -> DailyDigest | None:
    day: date = day_of(found.at)
    return digests_of_days(found.instrument, {day}).get(day)


def _kept_seconds(found: Second, digest: DailyDigest | None) -> int:
    if found.after is None:
        return YOUNG_SECONDS
    return DAY_SECONDS if digest is None else FINAL_SECONDS


def _named(price: IndexPrice | None) -> str:
    return write_instant(price.priced_at) if price else ""


def _venues(price: IndexPrice) -> list[VenueShown]:
    """Each number of a column with as many places as its longest has, so that they stand one below the other."""
    quotes = _places(Decimal(str(venue[side])) for venue in price.venues for side in ("bid", "ask"))
    mids = _places(_mid(venue) for venue in price.venues)
    return [_venue(venue, price, quotes, mids) for venue in price.venues]


def _places(numbers: Iterable[Decimal]) -> int:
    return max((len(f"{number:f}".partition(".")[2]) for number in numbers), default=0)


def _mid(venue: dict[str, object]) -> Decimal:
    return round(mid_of(venue), 8).normalize()


def _venue(venue: dict[str, object], price: IndexPrice, quotes: int, mids: int) -> VenueShown:
    heard = datetime.fromisoformat(str(venue["received_at"]))
    conversion = venue.get("conversion")
    return VenueShown(
        name=str(venue["venue"]),
        bid=intcomma(f"{Decimal(str(venue['bid'])):.{quotes}f}"),
        ask=intcomma(f"{Decimal(str(venue['ask'])):.{quotes}f}"),
        mid=intcomma(f"{_mid(venue):.{mids}f}"),
        age=f"{(price.priced_at - heard).total_seconds():.2f}",
        out=str(venue.get("out") or ""),
        conversion=conversion if isinstance(conversion, dict) else None,
        mirror=str(venue.get("mirror") or ""),
    )
