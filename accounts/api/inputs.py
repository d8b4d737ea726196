"""Reading strings out of a JSON body."""

from rest_framework.request import Request

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.texts import storable
from accounts.models import User


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
