"""Reading the members of a JSON body."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.domain.errors import FieldError, IdempotencyKeyRequired, InvalidInput, unknown_field
from accounts.domain.money import SCALES
from accounts.domain.notation import parse_decimal, places
from accounts.domain.texts import storable
from accounts.models import User

UNKNOWN_NAMED_MAX = 20
PLACES_MAX = max(SCALES.values())
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
Value = TypeVar("Value")
Handler = TypeVar("Handler", bound=Callable[..., Response])


def takes(*names: str) -> Callable[[Handler], Handler]:
    """Above each handler that may be sent a body: the members that it knows. Another one is InvalidInput, naming it.

    A misspelt `min_payout_rate` or `expires_at` that nobody reads would cost its sender money or safety.
    """

    def known(handler: Handler) -> Handler:
        @wraps(handler)
        def checked(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
            unknown = sorted(str(name) for name in dict(request.data) if name not in names)
            if unknown:
                raise InvalidInput(fields=tuple(unknown_field(name) for name in unknown[:UNKNOWN_NAMED_MAX]))
            return handler(view, request, *args, **kwargs)

        return checked  # type: ignore[return-value]  # as it was, checked

    return known


class Wrong(ValueError):
    """A member that can't be read: a stable code and a message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Members:
    """The members of a body, read one by one; `check` names all that is wrong at once."""

    def __init__(self, request: Request) -> None:
        self.body = dict(request.data)
        self.errors: list[FieldError] = []

    def read(self, name: str, parse: Callable[[object], Value], otherwise: Value, default: object = None) -> Value:
        """The member, `default` when it is missing, or `otherwise` when it is wrong; then `check` raises."""
        try:
            return parse(self.body.get(name, default))
        except Wrong as wrong:
            self.errors.append(FieldError(name, wrong.code, wrong.message))
            return otherwise

    def check(self) -> None:
        """Raises InvalidInput naming every member that was wrong."""
        if self.errors:
            raise InvalidInput(fields=tuple(self.errors))


def idempotency_key(key: object) -> str:
    """The client's name for one order, deposit or withdrawal. Raises IdempotencyKeyRequired or InvalidInput."""
    if not key:
        raise IdempotencyKeyRequired("Send an Idempotency-Key header, or client_order_id in the body")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidInput(fields=(FieldError("Idempotency-Key", "invalid", "1 to 255 visible ASCII characters"),))
    return key


def positive_amount(value: object) -> Decimal:
    """An amount of money. Raises Wrong."""
    amount = parse_decimal(value)
    if amount is None:
        raise Wrong("invalid-number", 'a plain decimal number is required, like 100 or "100.50"')
    if amount <= 0:
        raise Wrong("not-positive", "must be more than zero")
    if places(amount) > PLACES_MAX:
        raise Wrong("too-many-places", f"at most {PLACES_MAX} decimal places")
    return amount


def known_currency(value: object) -> str:
    """A currency's code. Raises Wrong."""
    if not isinstance(value, str) or value not in SCALES:
        raise Wrong("unknown", f"one of {', '.join(SCALES)}")
    return value


def some_text(value: object) -> str:
    """A string that isn't empty, of at most 4,096 characters. Raises Wrong."""
    if not _is_text(value):
        raise Wrong("required", "a non-empty string is required")
    return str(value)


def some_id(value: object) -> UUID:
    """An id as the API gives them out. Raises Wrong."""
    text = some_text(value)
    try:
        return UUID(text)
    except ValueError as error:
        raise Wrong("invalid", "an id is required, like 018e5a6e-8b1c-7abc-8def-0123456789ab") from error


def required_texts(request: Request, *names: str) -> list[str]:
    """These members, each a non-empty string of at most 4,096 characters. Raises InvalidInput naming the bad ones."""
    body = dict(request.data)
    errors = tuple(
        FieldError(name, "required", "a non-empty string is required") for name in names if not _is_text(body.get(name))
    )
    if errors:
        raise InvalidInput(fields=errors)
    return [str(body[name]) for name in names]


def optional_text(request: Request, name: str) -> str | None:
    """The same for a member that may be missing, null or empty: then None."""
    if dict(request.data).get(name) in (None, ""):
        return None
    (text,) = required_texts(request, name)
    return text


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4096 and storable(value)


def user_of(request: Request) -> User:
    """Who is calling; the view's permission has let them in."""
    if not isinstance(request.user, User):
        raise TypeError("a visitor is no user")
    return request.user
