"""Reads the cursor and the filters of a list from the query string."""

import re
from datetime import datetime
from uuid import UUID

from rest_framework.request import Request

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.ledger.statement import StatementFilter
from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.notation import parse_instant

_ID = re.compile(r"[0-9]{1,18}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def id_cursor_of(request: Request) -> int | None:
    """Returns `?cursor=` from a page's `next`. Raises InvalidInput."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    if not _ID.fullmatch(text):
        raise _wrong("cursor", "invalid", "use the `next` of a page")
    return int(text)


def statement_filter_of(request: Request) -> StatementFilter:
    """Returns `?kind=`, `?since=`, `?until=` and `?reference=`. Raises InvalidInput with all faulty ones."""
    wrong: list[FieldError] = []
    kind = request.query_params.get("kind")
    if kind is not None and kind not in list(TransferKind):
        wrong.append(FieldError("kind", "unknown", f"one of {', '.join(TransferKind)}"))
    reference = request.query_params.get("reference")
    if reference is not None and not _UUID.fullmatch(reference):
        wrong.append(FieldError("reference", "invalid", "a UUID, such as a trade's id"))
    since, until = (_instant(request, name, wrong) for name in ("since", "until"))
    if wrong:
        raise InvalidInput(fields=tuple(wrong))
    return StatementFilter(
        TransferKind(kind) if kind is not None else None, since, until, UUID(reference) if reference else None
    )


def _instant(request: Request, name: str, wrong: list[FieldError]) -> datetime | None:
    text = request.query_params.get(name)
    instant = parse_instant(text) if text is not None else None
    if text is not None and instant is None:
        message = "an ISO-8601 time with a zone is required, like 2026-01-31T09:00:00Z"
        wrong.append(FieldError(name, "invalid-time", message))
    return instant


def _wrong(field: str, code: str, message: str) -> InvalidInput:
    return InvalidInput(fields=(FieldError(field, code, message),))
