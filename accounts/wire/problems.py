"""The JSON of a refusal: a problem document (RFC 9457)."""

from typing import Any

from django.utils.translation import gettext

from accounts.domain.errors import Refusal

CONTENT_TYPE = "application/problem+json"


def problem_of(refusal: Refusal) -> dict[str, Any]:
    """Returns a refusal as the fields of a problem document, its title in the reader's language."""
    body: dict[str, Any] = {
        "type": f"/docs/problems#{refusal.code}",
        "title": gettext(refusal.title),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
        **refusal.extra,
    }
    if refusal.fields:
        body["errors"] = [{"field": f.field, "code": f.code, "message": f.message} for f in refusal.fields]
    return body
