"""The address of a request as its sender wrote it: the bytes that a signature covers.

The framework decodes the path, and writes it anew where it needs the address: `%2D` becomes `-`. A client signs its own
spelling.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

QUERY = "cryptotrader.query"
"""The key in an ASGI scope for the query string before anything changed it."""

_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
"""A proxy's request line may begin with it (RFC 9112, absolute form)."""


def sent_address(request: HttpRequest) -> str:
    """Returns path and query of a request, each byte as one character. A `?` without a query isn't part of it."""
    scope = getattr(request, "scope", None)
    if scope is not None:
        return address_in(scope) or request.get_full_path()
    line = request.META.get("RAW_URI") or request.META.get("REQUEST_URI")  # gunicorn's name, and that of other servers
    return _ORIGIN.sub("", line, count=1).removesuffix("?") if line else request.get_full_path()


def address_in(scope: Mapping[str, Any]) -> str:
    """Returns the same of an ASGI scope; empty if the server doesn't tell it."""
    path, query = scope.get("raw_path"), scope.get(QUERY, scope.get("query_string", b""))
    if not path:
        return ""
    return bytes(path).decode("latin-1") + (f"?{bytes(query).decode('latin-1')}" if query else "")
