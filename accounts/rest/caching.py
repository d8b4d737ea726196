"""Bodies of answers that many ask for, kept in Redis under the state that they were made from."""

import hashlib
from collections.abc import Callable

from django.core.cache import cache
from rest_framework.request import Request

KEPT_SECONDS = 60


def kept(request: Request, state: str, make: Callable[[], bytes]) -> bytes:
    """Returns the body for this address, made from this state. Without Redis it is made each time.

    `state` names the data completely: another state has another name, so what is kept is never old.
    """
    name = f"{request._request.get_full_path()} {state}"
    key = f"answer:{hashlib.sha256(name.encode()).hexdigest()}"
    content = cache.get(key)
    if isinstance(content, bytes):
        return content
    content = make()
    cache.set(key, content, KEPT_SECONDS)
    return content
