"""What several doors answer alike: a page of somebody's own rows, and a wish that was granted once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Model
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.windows import cursor_of, following, limit_of
from accounts.selectors.people.person import id_of

Row = TypeVar("Row", bound=Model)
Row_co = TypeVar("Row_co", bound=Model, covariant=True)


class ReadRows(Protocol[Row_co]):
    """A selector of one person's rows, newest first, those before an id only."""

    def __call__(self, user_id: int, /, *, limit: int, before: UUID | None) -> Sequence[Row_co]: ...


def page_of(request: Request, read: ReadRows[Row], show: Callable[[Row], object]) -> Response:
    """`?limit=` rows (50, at most 200) from `?cursor=` on, with the address of the next page. Raises InvalidInput."""
    limit = limit_of(request, default=50, most=200)
    found = read(id_of(request.user), limit=limit, before=cursor_of(request))
    after = following(request, found, limit, found[-1].pk if found else None)
    return Response({"results": [show(each) for each in found], "next": after})


def granted(shown: Mapping[str, object], *, under: str, replayed: bool) -> Response:
    """201 with what was granted, which is read `under` this path from now on; the same for a replay, which says so."""
    headers = {"Location": f"{under}/{shown['id']}"}
    if replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(shown, status=201, headers=headers)
