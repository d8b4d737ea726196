"""Reading orders and page windows; what is wrong is said per field."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from rest_framework.request import Request

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.money import SCALES
from accounts.domain.notation import parse_decimal, parse_instant, places
from trading.domain.errors import IdempotencyKeyRequired
from trading.domain.orders import Order
from trading.domain.terms import Direction

DEFAULT_INSTRUMENT = "BTC-USDT"
PLACES_MAX = max(SCALES.values())
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_SYMBOL = re.compile(r"[A-Z0-9]{1,12}-[A-Z0-9]{1,12}")
_SECONDS = re.compile(r"[0-9]{1,9}")


class OrderInput:
    """Collects what is wrong with an order's members, so that one answer names it all."""

    def __init__(self, body: Mapping[str, object]) -> None:
        self.body = body
        self.errors: list[FieldError] = []

    @classmethod
    def parse(cls, request: Request) -> Order:
        """The order in this request. Raises IdempotencyKeyRequired or InvalidInput."""
        key = cls._key(request)
        self = cls(request.data)
        stake = self.amount()
        duration = self.duration()
        direction = self.direction()
        instrument = self.instrument()
        min_payout_rate = self.min_payout_rate()
        if self.errors or stake is None or duration is None or direction is None:
            raise InvalidInput(fields=tuple(self.errors))
        return Order(
            user_id=request.user.pk,
            idempotency_key=key,
            instrument=instrument,
            direction=direction,
            stake=stake,
            duration_seconds=duration,
            min_payout_rate=min_payout_rate,
        )

    @staticmethod
    def _key(request: Request) -> str:
        key = request.headers.get("Idempotency-Key") or request.data.get("client_order_id")
        if not key:
            raise IdempotencyKeyRequired("Send an Idempotency-Key header, or client_order_id in the body")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            field = FieldError("Idempotency-Key", "invalid", "1 to 255 visible ASCII characters")
            raise InvalidInput(fields=(field,))
        return key

    def amount(self) -> Decimal | None:
        amount = parse_decimal(self.body.get("amount"))
        if amount is None:
            return self._wrong("amount", "invalid-number", 'a plain decimal number is required, like 100 or "100.50"')
        if amount <= 0:
            return self._wrong("amount", "not-positive", "must be more than zero")
        if places(amount) > PLACES_MAX:
            return self._wrong("amount", "too-many-places", f"at most {PLACES_MAX} decimal places")
        return amount

    def duration(self) -> int | None:
        duration = self.body.get("duration")
        if isinstance(duration, str) and _SECONDS.fullmatch(duration):
            duration = int(duration)
        if isinstance(duration, bool) or not isinstance(duration, int) or duration <= 0:
            return self._wrong("duration", "invalid-number", "a whole number of seconds is required")
        return duration

    def direction(self) -> Direction | None:
        direction = self.body.get("direction")
        if direction not in list(Direction):
            return self._wrong("direction", "unknown-direction", 'must be "up" or "down"')
        return Direction(str(direction))

    def instrument(self) -> str:
        symbol = self.body.get("instrument", DEFAULT_INSTRUMENT)
        if not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol):
            self._wrong("instrument", "invalid", "a symbol is required, like BTC-USDT")
        return str(symbol)

    def min_payout_rate(self) -> Decimal | None:
        rate = self.body.get("min_payout_rate")
        if rate is None:
            return None
        parsed = parse_decimal(rate)
        if parsed is None or parsed < 0:
            return self._wrong("min_payout_rate", "invalid-number", "a plain decimal number is required, like 0.85")
        return parsed

    def _wrong(self, field: str, code: str, message: str) -> None:
        self.errors.append(FieldError(field, code, message))


def limit_of(request: Request, default: int, most: int) -> int:
    """`?limit=`, from 1 to `most`. Raises InvalidInput."""
    text = request.query_params.get("limit", str(default))
    if not _SECONDS.fullmatch(text) or not 1 <= int(text) <= most:
        raise InvalidInput(fields=(FieldError("limit", "out-of-range", f"a whole number from 1 to {most}"),))
    return int(text)


def instant_of(request: Request, name: str) -> datetime | None:
    """`?since=` or the like, ISO-8601 with a zone. Raises InvalidInput."""
    text = request.query_params.get(name)
    if text is None:
        return None
    instant = parse_instant(text)
    if instant is None:
        message = "an ISO-8601 time with a zone is required, like 2026-01-31T09:00:00Z"
        raise InvalidInput(fields=(FieldError(name, "invalid-time", message),))
    return instant


def cursor_of(request: Request) -> UUID | None:
    """`?cursor=` as a page's `next` gave it. Raises InvalidInput."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidInput(fields=(FieldError("cursor", "invalid", "use the `next` of a page"),)) from error
