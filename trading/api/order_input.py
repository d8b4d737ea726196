"""Reading an order from a request; one answer names all that is wrong with it, field by field."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from rest_framework.request import Request

from accounts.api.authentication import session_started_at_of
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.money import SCALES
from accounts.domain.notation import parse_decimal, places
from accounts.selectors import id_of
from trading.domain.errors import IdempotencyKeyRequired
from trading.domain.orders import Order
from trading.domain.terms import Direction

DEFAULT_INSTRUMENT = "BTC-USDT"
PLACES_MAX = max(SCALES.values())
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_SYMBOL = re.compile(r"[A-Z0-9]{1,12}-[A-Z0-9]{1,12}")
_SECONDS = re.compile(r"[0-9]{1,9}")
Value = TypeVar("Value")


class Wrong(ValueError):
    """A member that can't be read: a stable code and a message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def parse_order(request: Request) -> Order:
    """The order in this request. Raises IdempotencyKeyRequired or InvalidInput."""
    body: Mapping[str, object] = dict(request.data)
    key = _key(request.headers.get("Idempotency-Key") or body.get("client_order_id"))
    errors: list[FieldError] = []

    def read(name: str, parse: Callable[[object], Value], default: object = None) -> Value | None:
        try:
            return parse(body.get(name, default))
        except Wrong as wrong:
            errors.append(FieldError(name, wrong.code, wrong.message))
            return None

    stake = read("amount", _amount)
    direction = read("direction", _direction)
    duration = read("duration", _duration)
    instrument = read("instrument", _symbol, DEFAULT_INSTRUMENT)
    min_payout_rate = read("min_payout_rate", _rate)
    demo = read("demo", _flag, True)
    if errors or stake is None or direction is None or duration is None or instrument is None or demo is None:
        raise InvalidInput(fields=tuple(errors))
    return Order(
        id_of(request.user),
        key,
        instrument,
        direction,
        stake,
        duration,
        min_payout_rate,
        demo,
        session_started_at=session_started_at_of(request),
    )


def _key(key: object) -> str:
    if not key:
        raise IdempotencyKeyRequired("Send an Idempotency-Key header, or client_order_id in the body")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidInput(fields=(FieldError("Idempotency-Key", "invalid", "1 to 255 visible ASCII characters"),))
    return key


def _amount(value: object) -> Decimal:
    amount = parse_decimal(value)
    if amount is None:
        raise Wrong("invalid-number", 'a plain decimal number is required, like 100 or "100.50"')
    if amount <= 0:
        raise Wrong("not-positive", "must be more than zero")
    if places(amount) > PLACES_MAX:
        raise Wrong("too-many-places", f"at most {PLACES_MAX} decimal places")
    return amount


def _duration(value: object) -> int:
    if isinstance(value, str) and _SECONDS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise Wrong("invalid-number", "a whole number of seconds is required")
    return value


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
