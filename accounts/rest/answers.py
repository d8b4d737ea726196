"""Shared responses of several doors: a page of the caller's rows, and 201 for an idempotent request."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Model
from rest_framework.response import Response

from accounts.rest.asked import Asked
from accounts.rest.windows import cursor_of, following, limit_of
from accounts.selectors.people.person import id_of

Row = TypeVar("Row", bound=Model)
Row_co = TypeVar("Row_co", bound=Model, covariant=True)


class ReadRows(Protocol[Row_co]):
    """A selector of one person's rows, newest first, with ids below `before` only."""

    def __call__(self, user_id: int, /, *, limit: int, before: UUID | None) -> Sequence[Row_co]: ...


def page_of(request: Asked, read: ReadRows[Row], show: Callable[[Row], object]) -> Response:
    """Returns `?limit=` rows (50, at most 200) from `?cursor=` on, and the next page's address. Raises InvalidInput."""
    limit = limit_of(request, default=50, most=200)
    found = read(id_of(request.user), limit=limit, before=cursor_of(request))
    after = following(request, found, limit, found[-1].pk if found else None)
    return Response({"results": [show(each) for each in found], "next": after})


def granted(shown: Mapping[str, object], *, under: str, replayed: bool) -> Response:
    """Returns 201 with the new object and its path below `under`. A replay gets the same, and a header that says so."""
    headers = {"Location": f"{under}/{shown['id']}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(shown, status=201, headers=headers)
