"""Decides what allauth's own rates mean while Redis doesn't answer.

allauth counts in the cache, under a lock in the cache, and takes a lock that it doesn't get for a caller who is too
fast: without Redis everybody would hear 429, after a second of waiting.
"""

from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from accounts.domain.errors import Unavailable

MAILING = {"signup", "resend_verification", "reset_password"}
"""These exist to send a mail. Mails wait for their worker in Redis, so "we have sent it" would be untrue."""

BESIDE = {"confirm_email", "known_device"}
"""Mails beside something else, such as a login: it goes on, without the mail."""

_counted = ratelimit.consume


def consume(
    request: HttpRequest,
    *,
    app: str,
    action: str,
    config: dict[str, str] | None = None,
    limit_get: bool = False,
    raise_exception: bool = False,
    **more: Any,
) -> ratelimit.RateLimitUsage | None:
    """allauth's own count. Without Redis: Unavailable for MAILING, refused for BESIDE, and for the rest no limit.

    The rest, such as a new password, is guarded by our counts of attempts, which are in PostgreSQL.
    """
    is_counted = limit_get or request.method != "GET"
    if not is_counted or not ratelimit.get_rates(app=app, action=action, config=config) or _redis_answers():
        counts = {"limit_get": limit_get, "raise_exception": raise_exception}
        return _counted(request, app=app, action=action, config=config, **counts, **more)
    if action in MAILING:
        raise Unavailable
    if action not in BESIDE:
        return ratelimit.RateLimitUsage(usage=[])
    if raise_exception:
        raise RateLimited
    return None


def install() -> None:
    """Puts it into the one place that all of allauth's doors, and our services, ask."""
    ratelimit.consume = consume


def _redis_answers() -> bool:
    """django-redis returns None, and no bool, when Redis doesn't."""
    return cache.add("redis-answers", 1, 1) is not None
