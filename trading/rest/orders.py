"""Parses an order, or a quote request, from a request. One answer names all errors, field by field."""

import re
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Protocol

from accounts.domain.notation import parse_decimal, parse_whole
from accounts.rest.asked import Asked
from accounts.rest.inputs import Members, Wrong, idempotency_key, positive_amount
from trading.domain.orders import Order
from trading.domain.quotes import QuoteRequest
from trading.domain.terms import Direction
from trading.services.orders.read_quote import read_quote

QUOTE_MEMBERS = ("direction", "duration", "instrument", "demo")
ORDER_MEMBERS = (*QUOTE_MEMBERS, "amount", "min_payout_rate", "quote", "client_order_id")
DEFAULT_INSTRUMENT = "BTC-USDT"
_SYMBOL = re.compile(r"[A-Z0-9]{1,12}-[A-Z0-9]{1,12}")


class OrderOf(Protocol):
    """Makes the order that a request describes, for its caller."""

    def __call__(self, user_id: int, *, session_started_at: datetime | None) -> Order: ...


def parse_order(request: Asked) -> OrderOf:
    """Parse the order in this request. Raises IdempotencyKeyRequired, InvalidInput or InvalidQuote."""
    members = Members(request)
    key = idempotency_key(request, "client_order_id")
    stake = members.read("amount", positive_amount, Decimal(0))
    min_payout_rate = members.read("min_payout_rate", _rate, None)
    wanted = _read_quote_request(members)
    members.check()
    token = members.body.get("quote")
    return partial(
        Order,
        idempotency_key=key,
        instrument=wanted.instrument,
        direction=wanted.direction,
        stake=stake,
        duration_seconds=wanted.duration_seconds,
        min_payout_rate=min_payout_rate,
        demo=wanted.demo,
        quote=read_quote(token) if token is not None else None,
    )


def parse_quote_request(request: Asked) -> QuoteRequest:
    """Parse the request for a quote. Raises InvalidInput."""
    members = Members(request)
    wanted = _read_quote_request(members)
    members.check()
    return wanted


def _read_quote_request(members: Members) -> QuoteRequest:
    return QuoteRequest(
        direction=members.read("direction", _direction, Direction.UP),
        duration_seconds=members.read("duration", _duration, 0),
        instrument=members.read("instrument", _symbol, "", DEFAULT_INSTRUMENT),
        demo=members.read("demo", _flag, True, True),
    )


def _duration(value: object) -> int:
    seconds = parse_whole(value)
    if seconds is None or seconds <= 0:
        raise Wrong("invalid-number", "a whole number of seconds is required")
    return seconds


def _direction(value: object) -> Direction:
    if value not in list(Direction):
        raise Wrong("unknown-direction", 'must be "up" or "down"')
    return Direction(str(value))


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Wrong("not-a-flag", "true or false is required")
    return value


def _symbol(value: object) -> str:
    if not isinstance(value, str) or not _SYMBOL.fullmatch(value):
        raise Wrong("invalid", "a symbol is required, like BTC-USDT")
    return value


def _rate(value: object) -> Decimal | None:
    if value is None:
        return None
    rate = parse_decimal(value)
    if rate is None or rate < 0:
        raise Wrong("invalid-number", "a plain decimal number is required, like 0.85")
    return rate
