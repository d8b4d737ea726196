"""Reads a proof: strictly, because its author may want to mislead the reader."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from accounts.domain.money import SCALES
from accounts.domain.notation import parse_decimal, parse_instant, write_instant
from trading.domain.prices import Tick
from trading.domain.proof.acceptances import acceptances_of
from trading.domain.proof.days import Day
from trading.domain.proof.proof import (
    VERSION,
    ClaimedClose,
    ClaimedResult,
    ClaimedSale,
    Proof,
    ProofUnreadable,
    ProvenChain,
    ProvenPrice,
    ProvenWindow,
    Purpose,
    Span,
)
from trading.domain.settlement import Result
from trading.domain.terms import Direction, Terms
from trading.domain.venues import Out

T = TypeVar("T")
_HASH = re.compile("[0-9a-f]{64}", re.ASCII)


def read_proof(payload: Mapping[str, Any]) -> Proof:
    """The proof in a signed payload. Raises ProofUnreadable."""
    try:
        return _proof(payload)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ProofUnreadable(f"something is missing or not what it should be: {error!r:.200}") from error


def _proof(payload: Mapping[str, Any]) -> Proof:
    trade = payload["trade"]
    if _whole(payload["version"]) != VERSION or trade["state"] != "settled":
        raise ValueError("not a settled trade's proof of this version")
    correction = trade["correction"]
    if trade["currency"] not in SCALES:
        raise ValueError(f"unknown currency: {trade['currency']!r:.60}")
    closes = _list(payload["closes"])
    terms, claimed = _terms(trade, _above_zero(payload["pip"])), _claimed(trade, closes)
    return Proof(
        trade_id=_text(trade["id"]),
        issued_at=_instant(payload["issued_at"]),
        instrument=_text(trade["instrument"]),
        terms=terms,
        payout=_number(trade["payout"]),
        demo=_flag(trade["demo"]),
        claimed=claimed,
        correction=_number(correction["amount"]) if correction is not None else None,
        correction_reason=_text(correction["reason"]) if correction is not None else "",
        windows=[_window(window) for window in _list(payload["windows"])],
        days=_days(payload["days"]),
        paths=_paths(payload["paths"]),
        conversions=[_chain(chain) for chain in _list(payload["conversions"])],
        acceptances=list(acceptances_of(trade, terms, closes, claimed.closes)),
    )


def _terms(trade: Mapping[str, Any], pip: Decimal) -> Terms:
    return Terms(
        direction=Direction(trade["direction"]),
        stake=_number(trade["amount"]),
        currency=trade["currency"],
        duration_seconds=_whole(trade["duration"]),
        payout_rate=_number(trade["payout_rate"]),
        pip=pip,
        accepted_at=_instant(trade["accepted_at"]),
        entry_at=_instant(trade["entry_at"]),
        expires_at=_instant(trade["expires_at"]),
        rule_version=_whole(trade["rule_version"]),
    )


def _claimed(trade: Mapping[str, Any], closes: Sequence[Mapping[str, Any]]) -> ClaimedResult:
    return ClaimedResult(
        outcome=_text(trade["outcome"]),
        void_reason=_optional(_text, trade["void_reason"]),
        entry_price=_optional(_number, trade["entry_price"]),
        exit_price=_optional(_number, trade["exit_price"]),
        exit_samples=_optional(_whole, trade["exit_samples"]),
        profit=_number(trade["profit"]),
        settled_at=_instant(trade["settled_at"]),
        sale=_sale(trade) if trade["outcome"] == Result.SOLD else None,
        closes=[_close(close) for close in closes],
        shows_latest_close=trade["close"] == (closes[-1] if closes else None),
    )


def _sale(trade: Mapping[str, Any]) -> ClaimedSale:
    return ClaimedSale(
        amount=_optional(_number, trade["sale"]),
        price=_optional(_number, trade["sold_at_price"]),
        priced_at=_optional(_instant, trade["sold_priced_at"]),
    )


def _close(close: Mapping[str, Any]) -> ClaimedClose:
    return ClaimedClose(
        state=_text(close["state"]),
        asked_at=_instant(close["asked_at"]),
        close_at=_instant(close["close_at"]),
        min_price=_optional(_number, close["min_price"]),
        lapse_reason=_optional(_text, close["lapse_reason"]),
        offer=_optional(_number, close["offer"]),
    )


def _window(window: Mapping[str, Any]) -> ProvenWindow:
    span = Span(Purpose(window["purpose"]), _instant(window["since"]), _instant(window["until"]))
    return ProvenWindow(span, [_price(price) for price in _list(window["prices"])])


def _chain(chain: Mapping[str, Any]) -> ProvenChain:
    return ProvenChain(
        instrument=_text(chain["instrument"]),
        pieces=[[_price(price) for price in _list(piece)] for piece in _list(chain["pieces"])],
        days=_days(chain["days"]),
        paths=_paths(chain["paths"]),
    )


def _days(days: object) -> Sequence[tuple[Day, str]]:
    return [(_day(day), _hash(day["digest"])) for day in _list(days)]


def _paths(paths: object) -> Mapping[tuple[date, int], Sequence[str]]:
    return {(_date(p["day"]), _whole(p["sequence"])): [*map(_hash, _list(p["path"]))] for p in _list(paths)}


def _price(price: Mapping[str, Any]) -> ProvenPrice:
    return ProvenPrice(
        instrument=_text(price["instrument"]),
        sequence=_whole(price["sequence"]),
        priced_at=_instant(price["priced_at"]),
        price=_number(price["price"]),
        source=_text(price["source"]),
        venues=price["venues"],
        ticks=[read_tick(venue) for venue in _list(price["venues"])],
        rule_version=_whole(price["rule_version"]),
        pip=_above_zero(price["pip"]),
        venues_min=_optional(_whole, price["venues_min"]),
        previous=_hash(price["previous"]),
        digest=_hash(price["digest"]),
    )


def read_tick(venue: Mapping[str, Any]) -> Tick:
    """The tick of a stored venue input. Raises KeyError, TypeError or ValueError."""
    conversion, out = venue.get("conversion"), _optional(lambda word: Out(_text(word)), venue.get("out"))
    if conversion is not None:
        _text(conversion["instrument"]), _whole(conversion["sequence"]), _above_zero(conversion["price"])
    return Tick(
        venue=_text(venue["venue"]),
        bid=_number(venue["bid"]),
        ask=_number(venue["ask"]),
        venue_at=_optional(_instant, venue.get("venue_at")),
        received_at=_instant(venue["received_at"]),
        conversion=conversion["instrument"] if conversion else None,
        skewed=out is Out.SKEWED,
        mirror=_optional(_text, venue.get("mirror")),
    )


def _day(day: Mapping[str, Any]) -> Day:
    return Day(
        instrument=_text(day["instrument"]),
        day=_date(day["day"]),
        count=_whole(day["count"]),
        first_sequence=_optional(_whole, day["first_sequence"]),
        last_sequence=_optional(_whole, day["last_sequence"]),
        first_digest=_optional(_hash, day["first_digest"]),
        last_digest=_optional(_hash, day["last_digest"]),
        root=_hash(day["root"]),
        previous=_hash(day["previous"]),
    )


def _number(text: object) -> Decimal:
    number = parse_decimal(text) if isinstance(text, str) else None
    if number is None:
        raise ValueError(f"not a decimal number: {text!r:.60}")
    return number


def _above_zero(text: object) -> Decimal:
    number = _number(text)
    if number <= 0:
        raise ValueError(f"not above zero: {text!r:.60}")
    return number


def _optional(kind: Callable[[object], T], value: object) -> T | None:
    return None if value is None else kind(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r:.60}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"not true or false: {value!r:.60}")
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"not a list: {value!r:.60}")
    return value


def _instant(text: object) -> datetime:
    """Only in the one form that is hashed."""
    instant = parse_instant(text) if isinstance(text, str) else None
    if instant is None or write_instant(instant) != text:
        raise ValueError(f"not a time in UTC: {text!r:.60}")
    return instant


def _date(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(f"not a day: {text!r:.60}")
    return day


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"not a whole number: {value!r:.60}")
    return value


def _hash(text: object) -> str:
    if not isinstance(text, str) or not _HASH.fullmatch(text):
        raise ValueError(f"not a SHA-256: {text!r:.80}")
    return text
