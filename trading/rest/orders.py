"""Parses an order, or a quote request, from a request. One answer names all errors, field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Protocol

from accounts.domain.errors import FieldError, InvalidInput, Refusal
from accounts.domain.notation import parse_decimal, parse_instant, parse_whole
from accounts.rest.asked import Asked, Body
from accounts.rest.inputs import Members, Wrong, check_members, idempotency_key, positive_amount
from trading.domain.orders import Order
from trading.domain.quotes import QuoteRequest
from trading.domain.terms import Direction
from trading.services.orders.read_quote import read_quote

QUOTE_MEMBERS = ("direction", "duration", "instrument", "demo")
ORDER_MEMBERS = (*QUOTE_MEMBERS, "amount", "min_payout_rate", "quote", "client_order_id", "valid_until")
DEFAULT_INSTRUMENT = "BTC-USDT"
_SYMBOL = re.compile(r"[A-Z0-9]{1,12}-[A-Z0-9]{1,12}")


BATCH_MAX = 20


class OrderOf(Protocol):
    """Makes the order that a request describes, for its caller."""

    def __call__(
        self, user_id: int, *, session_started_at: datetime | None, api_key_id: int | None = None
    ) -> Order: ...


def parse_order(request: Body) -> OrderOf:
    """Parse the order in this request. Raises IdempotencyKeyRequired, InvalidInput or InvalidQuote."""
    members = Members(request)
    key = idempotency_key(request, "client_order_id")
    stake = members.read("amount", positive_amount, Decimal(0))
    min_payout_rate = members.read("min_payout_rate", _rate, None)
    valid_until = members.read("valid_until", moment, None)
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
        valid_until=valid_until,
    )


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """An order of a batch, with the parts of a request that the parser reads."""

    data: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


def read_batch(value: object) -> list[Mapping[str, object]]:
    """Returns the orders of a batch. Raises InvalidInput unless they are 1 to 20 objects."""
    if not isinstance(value, list) or not 0 < len(value) <= BATCH_MAX:
        raise InvalidInput(fields=(FieldError("orders", "invalid", f"a list of 1 to {BATCH_MAX} orders"),))
    if not all(isinstance(each, Mapping) for each in value):
        raise InvalidInput(fields=(FieldError("orders", "invalid", "each order is an object"),))
    return value


def parse_each(body: Mapping[str, object]) -> OrderOf | Refusal:
    """Parse one order of a batch, which has its key in `client_order_id`; returns its refusal if it can't be one."""
    one = OneOfMany(body)
    try:
        check_members(one, ORDER_MEMBERS)
        return parse_order(one)
    except Refusal as refusal:
        return refusal


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


def moment(value: object) -> datetime | None:
    """Returns an instant, None for null. Raises Wrong."""
    if value is None:
        return None
    instant = parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        raise Wrong("invalid-time", "an ISO-8601 time with a zone is required, like 2026-01-31T09:00:00Z")
    return instant


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
