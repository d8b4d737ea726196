"""The id that follows a request through all its lines, into the tasks that it enqueues, and back to its caller."""

import re
from random import getrandbits
from uuid import UUID

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
"""A UUID, or what proxies make. Tokens and keys of ours have other signs, so none can come in as an id."""


def request_id_of(given: str | None) -> str:
    """Returns the given id, if it can be one; else a new one."""
    return given if given and _GIVEN.fullmatch(given) else str(UUID(int=getrandbits(128), version=4))
