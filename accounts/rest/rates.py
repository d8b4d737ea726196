"""Counts requests per clock minute, for all processes in Redis, and refuses those above `settings.RATES_A_MINUTE`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
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
"""The key in an ASGI scope for the rates that have counted a request before Django's handler."""

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
        (count,) = self.add_all([key])
        return count

    def add_all(self, keys: Sequence[str]) -> list[int | None]:
        """Counts one more of each key, in their order, by one call of Redis."""
        if not keys or self._clock() < self._paused_until:
            return [None] * len(keys)
        more = Counter(keys)
        found = self._add(more)
        if found is None:
            self._paused_until = self._clock() + PAUSE_SECONDS
            return [None] * len(keys)
        before = {key: count - added for (key, added), count in zip(more.items(), found, strict=True)}
        counts: list[int | None] = []
        for key in keys:
            before[key] += 1
            counts.append(before[key])
        return counts

    @staticmethod
    def _add(more: Counter[str]) -> list[int] | None:
        try:
            counts: list[int] = _script()(
                [cache.make_key(key) for key in more], [2 * MINUTE, *more.values()], get_redis_connection()
            )
        except RedisError:
            return None
        return counts


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


@dataclass(frozen=True, slots=True)
class Counted:
    """A request that a rate has counted. `count` includes it; None without Redis: then nothing is refused."""

    door: str
    most: int
    count: int | None

    @property
    def is_one_too_many(self) -> bool:
        return self.count is not None and self.count > self.most

    @property
    def left(self) -> int:
        return max(self.most - (self.count or 0), 0)


def count_request(door: str, who: object) -> Counted | None:
    """Counts one request of a caller at a door; None for a door without a rate. Logs the first one above the rate."""
    most = settings.RATES_A_MINUTE.get(door)
    return None if most is None else _counted(door, who, most, COUNTS.add(_key(door, who, _minute())))


def count_more(door: str, who: object, more: int, *, after: Sequence[Counted]) -> list[Counted]:
    """Counts the further parts of a request that the door has counted as one, by one call of Redis.

    Returns the counts of all its rates, that of this door with the parts: for the headers.
    """
    found = [each for each in count_requests([(door, who)] * more) if each is not None]
    return [found[-1] if found and each.door == door else each for each in after]


def count_requests(requests: Sequence[tuple[str, object]]) -> list[Counted | None]:
    """The same for many doors and callers, by one call of Redis."""
    rates = settings.RATES_A_MINUTE
    limited = [(door, who) for door, who in requests if rates.get(door) is not None]
    minute = _minute()
    counts = iter(COUNTS.add_all([_key(door, who, minute) for door, who in limited]))
    return [
        None if rates.get(door) is None else _counted(door, who, rates[door], next(counts)) for door, who in requests
    ]


def _key(door: str, who: object, minute: int) -> str:
    return f"rate:{door}:{who}:{minute}"


def _minute() -> int:
    return int(timezone.now().timestamp()) // MINUTE


def _counted(door: str, who: object, most: int, count: int | None) -> Counted:
    if count == most + 1:
        log.warning("rate reached", door=door, caller=str(who), a_minute=most)
    return Counted(door, most, count)


def rate_headers(counted: Sequence[Counted]) -> dict[str, str]:
    """Returns the headers that tell a caller each rate that counted their request, and the rest of it.

    As in draft-ietf-httpapi-ratelimit-headers: `q` requests in `w` seconds; `r` of them are left for `t` seconds.
    """
    if not counted:
        return {}
    seconds = int(seconds_left()) + 1
    return {
        "RateLimit-Policy": ", ".join(f'"{each.door}";q={each.most};w={MINUTE}' for each in counted),
        "RateLimit": ", ".join(f'"{each.door}";r={each.left};t={seconds}' for each in counted),
    }


def seconds_left() -> float:
    """Returns the rest of the clock minute."""
    return MINUTE - timezone.now().timestamp() % MINUTE


def counted_of(request: HttpRequest) -> list[Counted]:
    """Returns the list of the rates that have counted this request, to add to."""
    counted: list[Counted] = request.__dict__.setdefault("counted_by_rates", [])
    return counted


class RequestRate(BaseThrottle):
    """The rate of all REST requests of a person, with all their API keys together, and that of the door: one call of
    Redis for both. The requests of visitors are counted before, with all of their address.
    """

    door = ""
    """The name in `settings.RATES_A_MINUTE` of the door's own rate; visitors have it by address. Without an entry the
    door has none."""

    writes_only = False
    """Whether the door's own rate leaves out requests that only read."""

    def doors(self, method: str | None) -> tuple[str, ...]:
        """The rates that count a request with this method."""
        is_free = not self.door or (self.writes_only and method in SAFE_METHODS)
        return ("requests",) if is_free else ("requests", self.door)

    def allow_request(self, request: Request, view: APIView) -> bool:
        person = request.user.pk
        doors = [door for door in self.doors(request.method) if person is not None or door != "requests"]
        counted = count_requests([(door, person or network_of(address_of(request))) for door in doors])
        limited = [each for each in counted if each is not None]
        counted_of(request._request).extend(limited)
        return not any(each.is_one_too_many for each in limited)

    def wait(self) -> float:
        return seconds_left()
