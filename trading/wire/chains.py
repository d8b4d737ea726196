"""Pieces of a price chain in the form of a proof: the prices, their published days, and the paths between them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from accounts.domain.notation import write_instant
from trading.domain.proof.days import day_of
from trading.domain.proof.proof import Span
from trading.models import DailyDigest, IndexPrice, Instrument
from trading.selectors.proof.digests import digests_of_days, merkle_path
from trading.selectors.proof.proofs import Pieces
from trading.wire import digests as wire_digests
from trading.wire import market as wire_market


def window(span: Span, prices: Sequence[IndexPrice]) -> dict[str, Any]:
    return {
        "purpose": span.purpose.value,
        "since": write_instant(span.since),
        "until": write_instant(span.until),
        "prices": [wire_market.index_price(price) for price in prices],
    }


def chain(instrument: Instrument, pieces: Pieces) -> dict[str, Any]:
    shown = [[wire_market.index_price(price) for price in prices] for _, prices in pieces]
    return {"instrument": instrument.symbol, "pieces": shown, **days(instrument, pieces)}


def days(instrument: Instrument, pieces: Pieces) -> dict[str, Any]:
    """The published days of these pieces of a chain and of the ends of their spans, and the paths to them."""
    last_of_day = {(day_of(price.priced_at), n): price for n, (_, prices) in enumerate(pieces) for price in prices}
    published = digests_of_days(
        instrument, {day for day, _ in last_of_day} | {day_of(span.until) for span, _ in pieces}
    )
    return {
        "days": [wire_digests.daily_digest(published[day]) for day in sorted(published)],
        "paths": _paths({(day, price.sequence) for (day, _), price in last_of_day.items()}, published),
    }


def _paths(wanted: set[tuple[date, int]], days: dict[date, DailyDigest]) -> list[dict[str, Any]]:
    """The paths from the last price of each piece and day: the chain leads from it to the earlier prices."""
    return [
        {"day": day.isoformat(), "sequence": sequence, "path": merkle_path(days[day], sequence)}
        for day, sequence in sorted(wanted)
        if day in days
    ]
