"""Pages of a list: reads the window from the query string and makes the next page's address."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.notation import parse_id, parse_instant, parse_whole
from accounts.rest.asked import Asked
from accounts.site import absolute

PAGE = ("limit", "cursor")
"""The parameters of every list in pages."""


def limit_of(request: Asked, default: int, most: int) -> int:
    """Returns `?limit=`, from 1 to `most`. Raises InvalidInput."""
    limit = parse_whole(request.query_params.get("limit", default))
    if limit is None or not 1 <= limit <= most:
        raise InvalidInput(fields=(FieldError("limit", "out-of-range", f"a whole number from 1 to {most}"),))
    return limit


def instant_of(request: Asked, name: str) -> datetime | None:
    """Returns an instant such as `?since=`, ISO-8601 with a zone. Raises InvalidInput."""
    text = request.query_params.get(name)
    if text is None:
        return None
    instant = parse_instant(text)
    if instant is None:
        message = "an ISO-8601 time with a zone is required, like 2026-01-31T09:00:00Z"
        raise InvalidInput(fields=(FieldError(name, "invalid-time", message),))
    return instant


def check_order(since: datetime | None, until: datetime | None) -> None:
    """Raises InvalidInput if a span ends before it begins: nothing can lie in it, so it is a slip."""
    if since is not None and until is not None and until < since:
        raise InvalidInput(fields=(FieldError("until", "before-since", "must not be before `since`"),))


def cursor_of(request: Asked) -> UUID | None:
    """Returns `?cursor=` from a page's `next`. Raises InvalidInput."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    cursor = parse_id(text)
    if cursor is None:
        raise InvalidInput(fields=(FieldError("cursor", "invalid", "use the `next` of a page"),))
    return cursor


def following(request: Asked, found: Sequence[object], limit: int, cursor: object) -> str | None:
    """Returns the address of the next page, from `cursor` on; None after a page that isn't full."""
    if len(found) < limit:
        return None
    query = request.query_params.copy()
    query["cursor"] = str(cursor)
    return absolute(f"{request.path}?{query.urlencode()}")
