"""The id that follows a request through all its lines, into the tasks that it enqueues, and back to its caller."""

import re
from uuid import uuid4

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
"""A UUID, or what proxies make. Tokens and keys of ours have other signs, so none can come in as an id."""


def request_id_of(given: str | None) -> str:
    """Returns the given id, if it can be one; else a new one."""
    return given if given and _GIVEN.fullmatch(given) else str(uuid4())
