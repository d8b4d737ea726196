"""Counts requests per clock minute, for all processes in Redis, and refuses those above `settings.RATES_A_MINUTE`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django_redis import get_redis_connection
from redis import Redis, RedisError
from redis.commands.core import Script
from rest_framework.permissions import SAFE_METHODS
from rest_framework.throttling import BaseThrottle

from accounts.domain.access.attempts import network_of
from accounts.rest.authentication import address_of

if TYPE_CHECKING:  # DRF's views import this module during their own import
    from rest_framework.request import Request
    from rest_framework.views import APIView

COUNTED = "cryptotrader.counted"
"""The key in an ASGI scope that says whether a request counts for its address already."""

MINUTE = 60
PAUSE_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Counts:
    """Counts in Redis, exactly, also parallel requests. Without Redis it counts nothing, and tries again in a second.

    So a Redis that hangs delays one request a second, and not every one.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock, self._paused_until = clock, 0.0

    def add(self, key: str) -> int | None:
        """Counts one more, and returns the number; None without Redis."""
        if self._clock() < self._paused_until:
            return None
        count = self._add(key)
        if count is None:
            self._paused_until = self._clock() + PAUSE_SECONDS
        return count

    def add_all(self, keys: Sequence[str]) -> list[int | None]:
        """Counts one more of each key, in their order, by one call of Redis."""
        if not keys or self._clock() < self._paused_until:
            return [None] * len(keys)
        more = Counter(keys)
        try:
            found = _script()(
                [cache.make_key(key) for key in more], [2 * MINUTE, *more.values()], get_redis_connection()
            )
        except RedisError:
            self._paused_until = self._clock() + PAUSE_SECONDS
            return [None] * len(keys)
        before = {key: count - added for (key, added), count in zip(more.items(), found, strict=True)}
        counts: list[int | None] = []
        for key in keys:
            before[key] += 1
            counts.append(before[key])
        return counts

    @staticmethod
    def _add(key: str) -> int | None:
        """Costs one call of Redis, but for the first of a minute: every request passes here up to three times."""
        with suppress(ValueError):  # nobody has counted in this minute
            return cache.incr(key)
        is_first = cache.add(key, 1, 2 * MINUTE)
        if is_first is None:  # django-redis answers None, and no bool, without Redis
            return None
        if is_first:
            return 1
        with suppress(ValueError):  # Redis has dropped the key meanwhile
            return cache.incr(key)
        return None


ADD = """
local counts = {}
for place, key in ipairs(KEYS) do
    counts[place] = redis.call('INCRBY', key, ARGV[place + 1])
    if counts[place] == tonumber(ARGV[place + 1]) then redis.call('EXPIRE', key, ARGV[1]) end
end
return counts
"""


@lru_cache(maxsize=1)
def _script() -> Script:
    return Script(Redis(), ADD)  # it only needs a client's encoding; each call names its own


COUNTS = Counts()


def is_one_too_many(door: str, who: object) -> bool:
    """Counts one request of a caller at a door, and tells whether it is above the rate. Logs the first one above it."""
    most = settings.RATES_A_MINUTE.get(door)
    return most is not None and _is_above(door, who, most, COUNTS.add(_key(door, who)))


def are_too_many(requests: Sequence[tuple[str, object]]) -> list[bool]:
    """The same for many doors and callers, by one call of Redis."""
    rates = settings.RATES_A_MINUTE
    limited = [(door, who) for door, who in requests if rates.get(door) is not None]
    counts = iter(COUNTS.add_all([_key(door, who) for door, who in limited]))
    return [rates.get(door) is not None and _is_above(door, who, rates[door], next(counts)) for door, who in requests]


def _key(door: str, who: object) -> str:
    return f"rate:{door}:{who}:{int(timezone.now().timestamp()) // MINUTE}"


def _is_above(door: str, who: object, most: int, count: int | None) -> bool:
    if count == most + 1:
        log.warning("rate reached", door=door, caller=str(who), a_minute=most)
    return count is not None and count > most


def seconds_left() -> float:
    """Returns the rest of the clock minute."""
    return MINUTE - timezone.now().timestamp() % MINUTE


class MinuteRate(BaseThrottle):
    """Limits a door per person, with all their API keys together, and per address for visitors."""

    door = ""
    """Its name in `settings.RATES_A_MINUTE`. A door without an entry has no limit."""

    writes_only = False

    def allow_request(self, request: Request, view: APIView) -> bool:
        if self.writes_only and request.method in SAFE_METHODS:
            return True
        return not is_one_too_many(self.door, request.user.pk or network_of(address_of(request)))

    def wait(self) -> float:
        return seconds_left()


class RequestRate(MinuteRate):
    """The rate of all REST requests of a person. Those of visitors are counted before, with all of their address."""

    door = "requests"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.user.pk is None or super().allow_request(request, view)
