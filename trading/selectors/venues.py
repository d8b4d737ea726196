"""The venues' state: from the feed's last report, and from the newest prices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection

from trading.domain.index import counted
from trading.models import IndexPrice, PriceHead

VENUE_REPORT = "trading.venues"
"""The cache's key of the newest report, which `publish.keep_venue_report` writes."""


@dataclass(frozen=True, slots=True)
class VenueReport:
    """The publishing feed's last report: `at` is its second; each venue has the form of `wire.market.venue`."""

    at: str
    venues: tuple[Mapping[str, Any], ...]


def venue_report() -> VenueReport | None:
    """The last report; None if no live feed has reported lately, or the cache is lost."""
    kept = cache.get(VENUE_REPORT)
    return VenueReport(**kept) if kept else None


def venues_counted(heads: Iterable[PriceHead]) -> dict[int, frozenset[str]]:
    """The venues that count in the newest price of each chain, by instrument."""
    wanted = [(head.instrument_id, head.priced_at) for head in heads]
    query = """
        SELECT p.* FROM unnest(%s::bigint[], %s::timestamptz[]) AS wanted(id, at)
        JOIN index_prices p ON p.instrument_id = wanted.id AND p.priced_at = wanted.at
    """
    rows = IndexPrice.objects.raw(query, [[pk for pk, _ in wanted], [at for _, at in wanted]])
    return {price.instrument_id: counted(price.venues) for price in rows}


@dataclass(frozen=True, slots=True)
class VenueInput:
    """A venue's part in the newest price of an instrument; `out` says why it doesn't count, if it doesn't."""

    symbol: str
    priced_at: datetime
    source: str
    venue: str
    bid: str
    ask: str
    out: str


def newest_inputs() -> list[VenueInput]:
    """The venues of the newest price of each instrument, of any feed."""
    query = """
        SELECT i.symbol, p.priced_at, p.source, venue ->> 'venue', venue ->> 'bid', venue ->> 'ask',
               coalesce(venue ->> 'out', '')
        FROM price_heads h JOIN instruments i ON i.id = h.instrument_id
        JOIN index_prices p ON p.instrument_id = h.instrument_id AND p.priced_at = h.priced_at,
        jsonb_array_elements(p.venues) AS venue ORDER BY i.symbol, 4
    """
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [VenueInput(*row) for row in cursor.fetchall()]


def venues_out() -> dict[tuple[str, str], str]:
    """The venues that don't count in the newest price of each instrument, with the reason: by (instrument, venue)."""
    query = """
        SELECT i.symbol, venue ->> 'venue', venue ->> 'out'
        FROM price_heads h JOIN instruments i ON i.id = h.instrument_id
        JOIN index_prices p ON p.instrument_id = h.instrument_id AND p.priced_at = h.priced_at,
        jsonb_array_elements(p.venues) AS venue WHERE venue ? 'out'
    """
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {(symbol, venue): reason for symbol, venue, reason in cursor.fetchall()}


def venues_in_prices() -> dict[str, tuple[int, int]]:
    """The number of venues that count in the newest price of each instrument, and the least number that it takes."""
    query = """
        SELECT i.symbol, i.venues_min,
               (SELECT count(*) FROM jsonb_array_elements(p.venues) AS venue WHERE NOT venue ? 'out')
        FROM price_heads h JOIN instruments i ON i.id = h.instrument_id
        JOIN index_prices p ON p.instrument_id = h.instrument_id AND p.priced_at = h.priced_at
    """
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {symbol: (count, least) for symbol, least, count in cursor.fetchall()}
