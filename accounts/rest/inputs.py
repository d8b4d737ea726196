"""Reads the fields of a JSON body."""

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.domain.errors import FieldError, IdempotencyKeyRequired, InvalidInput, unknown_field
from accounts.domain.money import SCALES
from accounts.domain.notation import is_too_large, parse_decimal, parse_id, places
from accounts.domain.texts import LENGTH_MAX, storable
from accounts.models import User
from accounts.rest.asked import Body

UNKNOWN_NAMED_MAX = 20
PLACES_MAX = max(SCALES.values())
_KEY = re.compile(r"[\x21-\x2b\x2d-\x7e]{1,255}")
Value = TypeVar("Value")
Handler = TypeVar("Handler", bound=Callable[..., Response])


def takes(*names: str) -> Callable[[Handler], Handler]:
    """Lists the accepted JSON fields. For any other field the handler raises InvalidInput with its name.

    A misspelt `min_payout_rate` or `expires_at` that nobody reads would cost its sender money or safety.
    """

    def known(handler: Handler) -> Handler:
        @wraps(handler)
        def checked(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
            check_members(request, names)
            return handler(view, request, *args, **kwargs)

        return checked  # type: ignore[return-value]  # as it was, checked

    return known


def check_members(request: Body, names: Collection[str]) -> None:
    """Raises InvalidInput with each field of the body that isn't one of these."""
    unknown = sorted(str(name) for name in dict(request.data) if name not in names)
    if unknown:
        raise InvalidInput(fields=tuple(unknown_field(name) for name in unknown[:UNKNOWN_NAMED_MAX]))


class Wrong(ValueError):
    """A field that can't be read: a stable code and a message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Members:
    """Reads the fields of a body one by one; `check` reports all faults at once."""

    def __init__(self, request: Body) -> None:
        self.body = dict(request.data)
        self.errors: list[FieldError] = []

    def read(self, name: str, parse: Callable[[object], Value], otherwise: Value, default: object = None) -> Value:
        """Returns the parsed field or, if it is faulty, `otherwise`, and `check` raises. A missing one is `default`."""
        try:
            return parse(self.body.get(name, default))
        except Wrong as wrong:
            self.errors.append(FieldError(name, wrong.code, wrong.message))
            return otherwise

    def check(self) -> None:
        """Raises InvalidInput with every faulty field."""
        if self.errors:
            raise InvalidInput(fields=tuple(self.errors))


def idempotency_key(request: Body, member: str | None = None) -> str:
    """Returns the client's name for one order, deposit or withdrawal: the header, or `member` of the body.

    Raises IdempotencyKeyRequired without a name, and InvalidInput if one of them can't be a name or they differ: a
    client that later asks by the other one would hear that nothing has arrived.
    """
    header = request.headers.get("Idempotency-Key")
    given: dict[str, object] = {"Idempotency-Key": header} if header else {}
    if member is not None and (named := dict(request.data).get(member)) is not None:
        given[member] = named
    if not given:
        otherwise = f", or {member} in the body" if member else ""
        raise IdempotencyKeyRequired(f"Send an Idempotency-Key header{otherwise}")
    keys = {request_key(name, value) for name, value in given.items()}
    if len(keys) > 1:
        message = "must be the Idempotency-Key, or absent"
        raise InvalidInput(fields=(FieldError(str(member), "not-as-in-header", message),))
    return keys.pop()


def request_key(name: str, value: object) -> str:
    """Returns such a name from the header, member or parameter `name`. Raises InvalidInput.

    Without a comma: by one, servers join a header that comes twice.
    """
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        message = "1 to 255 visible ASCII characters, no comma"
        raise InvalidInput(fields=(FieldError(name, "invalid", message),))
    return value


def positive_amount(value: object) -> Decimal:
    """Returns an amount of money. Raises Wrong."""
    amount = parse_decimal(value)
    if is_too_large(value):
        raise Wrong("too-large", "at most 18 digits before the point")
    if amount is None:
        raise Wrong("invalid-number", 'a plain decimal number is required, like 100 or "100.50"')
    if amount <= 0:
        raise Wrong("not-positive", "must be more than zero")
    if places(amount) > PLACES_MAX:
        raise Wrong("too-many-places", f"at most {PLACES_MAX} decimal places")
    return amount


def known_currency(value: object) -> str:
    """Returns a currency's code. Raises Wrong."""
    if not isinstance(value, str) or value not in SCALES:
        raise Wrong("unknown", f"one of {', '.join(SCALES)}")
    return value


def some_text(value: object) -> str:
    """Returns a non-empty string of at most 4,096 characters. Raises Wrong."""
    if not _is_text(value):
        raise Wrong(_why(value), "a non-empty string is required")
    return str(value)


def some_id(value: object) -> UUID:
    """Returns an id in the API's format. Raises Wrong."""
    found = parse_id(some_text(value))
    if found is None:
        raise Wrong("invalid", "an id is required, like 018e5a6e-8b1c-7abc-8def-0123456789ab")
    return found


def required_texts(request: Request, *names: str) -> list[str]:
    """Returns these fields, non-empty strings of at most 4,096 characters. Raises InvalidInput with the faulty ones."""
    body = dict(request.data)
    errors = tuple(
        FieldError(name, _why(body.get(name)), "a non-empty string is required")
        for name in names
        if not _is_text(body.get(name))
    )
    if errors:
        raise InvalidInput(fields=errors)
    return [str(body[name]) for name in names]


def optional_text(request: Request, name: str) -> str | None:
    """Returns such a field; None if it is missing, null or empty. Raises InvalidInput."""
    if dict(request.data).get(name) in (None, ""):
        return None
    (text,) = required_texts(request, name)
    return text


def _why(value: object) -> str:
    """Tells a field that is there, but is a number for example, from one that is missing."""
    return "required" if value in (None, "") else "invalid"


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LENGTH_MAX and storable(value)


def user_of(request: Request) -> User:
    """Returns the caller. The view's permission has already refused visitors."""
    if not isinstance(request.user, User):
        raise TypeError("a visitor is no user")
    return request.user
