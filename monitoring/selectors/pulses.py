"""Reads when the settler, the worker and the beat were last heard of."""

from typing import cast

from django.core.cache import cache
from django_redis.cache import RedisCache

from monitoring.domain.health import Program, Pulse

KEPT_SECONDS = 7 * 86_400
"""So long a silence has a length; a longer one, and an emptied Redis, is a program never heard of."""


def pulse_key(program: Program) -> str:
    """The cache's key of a program's last heartbeat, which `services.note_heartbeat` writes."""
    return f"monitoring.heartbeat.{program}"


def pulses() -> list[Pulse]:
    """The pulse of each program, by Redis' own clock: the age of its key. All unknown while the cache is lost."""
    return [Pulse(program, _seconds(program)) for program in Program]


def _seconds(program: Program) -> float | None:
    left = cast(RedisCache, cache).pttl(pulse_key(program))  # Django's own interface can't ask it
    return round(KEPT_SECONDS - left / 1000, 3) if left else None
