"""Reading an order from a request; one answer names all that is wrong with it, field by field."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

from rest_framework.request import Request

from accounts.api.authentication import session_started_at_of
from accounts.api.inputs import Wrong, idempotency_key, positive_amount
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.notation import parse_decimal
from accounts.selectors import id_of
from trading.domain.orders import Order
from trading.domain.terms import Direction

ORDER_MEMBERS = (
    "amount",
    "direction",
    "duration",
    "instrument",
    "min_payout_rate",
    "demo",
    "client_order_id",
)
DEFAULT_INSTRUMENT = "BTC-USDT"
_SYMBOL = re.compile(r"[A-Z0-9]{1,12}-[A-Z0-9]{1,12}")
_SECONDS = re.compile(r"[0-9]{1,9}")
Value = TypeVar("Value")


def parse_order(request: Request) -> Order:
    """The order in this request. Raises IdempotencyKeyRequired or InvalidInput."""
    body: Mapping[str, object] = dict(request.data)
    key = idempotency_key(request.headers.get("Idempotency-Key") or body.get("client_order_id"))
    errors: list[FieldError] = []

    def read(name: str, parse: Callable[[object], Value], default: object = None) -> Value | None:
        try:
            return parse(body.get(name, default))
        except Wrong as wrong:
            errors.append(FieldError(name, wrong.code, wrong.message))
            return None

    stake = read("amount", positive_amount)
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
