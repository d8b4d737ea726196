"""Reads the cursor and the filters of a list from the query string."""

from datetime import datetime

from rest_framework.request import Request

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.ledger.statement import StatementFilter
from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.notation import parse_id, parse_instant, parse_whole
from accounts.rest.windows import check_order

STATEMENT_FILTER = ("kind", "since", "until", "reference")


def id_cursor_of(request: Request) -> int | None:
    """Returns `?cursor=` from a page's `next`. Raises InvalidInput."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    cursor = parse_whole(text)
    if cursor is None:
        raise _wrong("cursor", "invalid", "use the `next` of a page")
    return cursor


def statement_filter_of(request: Request) -> StatementFilter:
    """Returns `?kind=`, `?since=`, `?until=` and `?reference=`. Raises InvalidInput with all faulty ones."""
    wrong: list[FieldError] = []
    kind = request.query_params.get("kind")
    if kind is not None and kind not in list(TransferKind):
        wrong.append(FieldError("kind", "unknown", f"one of {', '.join(TransferKind)}"))
    written = request.query_params.get("reference")
    reference = parse_id(written)
    if written is not None and reference is None:
        wrong.append(FieldError("reference", "invalid", "a UUID, such as a trade's id"))
    since, until = (_instant(request, name, wrong) for name in ("since", "until"))
    if wrong:
        raise InvalidInput(fields=tuple(wrong))
    check_order(since, until)
    return StatementFilter(TransferKind(kind) if kind is not None else None, since, until, reference)


def _instant(request: Request, name: str, wrong: list[FieldError]) -> datetime | None:
    text = request.query_params.get(name)
    instant = parse_instant(text) if text is not None else None
    if text is not None and instant is None:
        message = "an ISO-8601 time with a zone is required, like 2026-01-31T09:00:00Z"
        wrong.append(FieldError(name, "invalid-time", message))
    return instant


def _wrong(field: str, code: str, message: str) -> InvalidInput:
    return InvalidInput(fields=(FieldError(field, code, message),))
