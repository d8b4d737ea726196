"""Instruments with their newest price and the payouts in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.bound_statements import prepared_rows
from accounts.domain.texts import storable
from trading.domain.errors import UnknownInstrument
from trading.domain.payouts import Payouts
from trading.domain.terms import Status
from trading.models import Instrument, PriceHead
from trading.selectors.payouts import payouts_in_force

# The gate is an empty table, held in ROW SHARE from here on. `hold_orders` waits for these holders, and later ones wait
# for it. And from here on the transaction plans without reading a table whole: a session keeps its plan of a statement
# while the table grows, until PostgreSQL analyses it again.
INSTRUMENT = [field.attname for field in Instrument._meta.concrete_fields]
HELD = f"""
    SELECT {", ".join(INSTRUMENT)} FROM instruments
    WHERE symbol = ANY(%(symbols)s::text[]) AND NOT EXISTS (SELECT FROM order_gate FOR KEY SHARE)
        AND set_config('enable_seqscan', 'off', true) = 'off'
    ORDER BY id
"""

# A row that changes gets another xmin, the number of the transaction that wrote it.
STATE = """
    SELECT md5(string_agg(concat_ws(' ', i.id, i.xmin, h.xmin, p.version), ',' ORDER BY i.id))
    FROM instruments i LEFT JOIN price_heads h ON h.instrument_id = i.id
    CROSS JOIN LATERAL (
        SELECT max(version) FROM payout_versions v WHERE v.instrument_id = i.id AND v.effective_from <= %s
    ) AS p(version)
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """An instrument with its newest index price, None before the first one, and the payouts in force."""

    instrument: Instrument
    newest: PriceHead | None
    payouts: Payouts


def listed_instruments() -> list[Instrument]:
    """All instruments that aren't retired."""
    return list(Instrument.objects.filter(status__in=[status for status in Status if status.listed]))


def tradable_symbols() -> list[str]:
    """The symbols of all instruments that people trade or have traded, in any status."""
    return list(Instrument.objects.filter(tradable=True).values_list("symbol", flat=True))


def listings(now: datetime) -> list[Listing]:
    """All instruments that aren't retired, as of `now`: three queries for any number of them."""
    return _as_listed(listed_instruments(), now)


def state_of_listings(now: datetime) -> str:
    """A name of the state that `listings` reads: another one after each change of it, in one short query."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [now])
        return str(cursor.fetchone()[0])


def listing(symbol: str, now: datetime) -> Listing:
    """One instrument as of `now`. Raises UnknownInstrument."""
    found = listings_by_symbol([symbol], now)
    if not found:
        raise UnknownInstrument(symbol)
    return found[symbol]


def listings_by_symbol(symbols: Iterable[str], now: datetime) -> dict[str, Listing]:
    """These instruments, in any status, by symbol; the unknown ones are missing."""
    found = Instrument.objects.filter(symbol__in=_storable(symbols))
    return {item.instrument.symbol: item for item in _as_listed(found, now)}


def held_instruments(symbols: Iterable[str]) -> list[Instrument]:
    """These instruments, in any status. A change of their status or caps waits for the end of the caller's transaction.

    The caller waits here for a change under way: read the clock afterwards.
    """
    rows = prepared_rows(HELD, {"symbols": _storable(symbols)})
    return [Instrument.from_db(None, INSTRUMENT, row) for row in rows]


def _storable(symbols: Iterable[str]) -> list[str]:
    return sorted({symbol for symbol in symbols if storable(symbol)})


def _as_listed(instruments: Iterable[Instrument], now: datetime) -> list[Listing]:
    listed = list(instruments)
    ids = [instrument.pk for instrument in listed]
    newest = {price.instrument_id: price for price in newest_prices(ids)}
    in_force = payouts_in_force(ids, now)
    return [Listing(instrument, newest.get(instrument.pk), in_force[instrument.pk]) for instrument in listed]


def newest_prices(instrument_ids: Iterable[int]) -> list[PriceHead]:
    """The end of each of these price chains; an instrument without a price has none."""
    return list(PriceHead.objects.filter(instrument_id__in=list(instrument_ids)))
