"""The last private messages of each person, kept in Redis for a socket that comes back and asks for them.

A *log* belongs to one channel of one topic. Its messages have consecutive numbers, the same on every socket. A log
without news and without a listener is forgotten, and all are when Redis loses its data: then a new one begins with a
higher number, the time in milliseconds. A number that a log doesn't hold tells nothing of what came after it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from redis.asyncio import Redis as AsyncRedis

from accounts.domain.channels import KEPT, Message, user_of

MESSAGES_MAX = 100
"""Of a log; the oldest go."""
KEPT_SECONDS = 180
"""A log lives so long after its last message, or after a hub has said that somebody listens."""

NEXT = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local seq
if last then
    seq = tonumber(string.match(last[1], '^%d+')) + 1
else
    local now = redis.call('TIME')
    seq = now[1] * 1000 + math.floor(now[2] / 1000)
end
local text = string.format('%.0f', seq)
"""
ADD = f"""{NEXT}
redis.call('XADD', KEYS[1], 'MAXLEN', {MESSAGES_MAX}, text .. '-1', 'data', ARGV[3])
redis.call('EXPIRE', KEYS[1], {KEPT_SECONDS})
redis.call('PUBLISH', ARGV[1], ARGV[2] .. ',"seq":' .. text .. ',"data":' .. ARGV[3] .. '}}')
"""
"""Numbers a message, keeps it, and publishes it: in one step, so that the numbers have the order of the messages."""
BEGIN = f"""{NEXT}
if last then
    text = string.match(last[1], '^%d+')
else
    redis.call('XADD', KEYS[1], text .. '-1', 'begin', '')
end
redis.call('EXPIRE', KEYS[1], {KEPT_SECONDS})
return text
"""


class Kept(NamedTuple):
    """A message of a log; `data` is JSON."""

    seq: int
    data: str


def _log(topic: str, channel: str) -> str:
    return f"{settings.DATABASES['default']['NAME']}/kept/{topic}/{channel}"


def _heard() -> str:
    return f"{settings.DATABASES['default']['NAME']}/kept"


def add(pipeline: Any, name: str, message: Message) -> None:
    """Queues the numbering and publishing of a message, whose topic is `name` in Redis."""
    head = json.dumps({"channel": message.channel}, separators=(",", ":"))[:-1]
    pipeline.eval(ADD, 1, _log(message.topic, message.channel), name, head, message.content)


def forget(pipeline: Any, topics: Iterable[str]) -> None:
    """Queues the end of these topics' logs: they miss a message."""
    logs = [_log(topic, channel) for topic in topics if user_of(topic) is not None for channel in KEPT]
    if logs:
        pipeline.unlink(*logs)


def ask_who_listened(pipeline: Any, topics: Sequence[str]) -> None:
    """Queues the question when these topics were listened to last: seconds since 1970, or None, for each."""
    pipeline.zmscore(_heard(), list(topics))


def still_heard(found: Sequence[float | None], now: float) -> list[bool]:
    """Reads the answer to `ask_who_listened`: whether a listener that was cut off may come back, for each."""
    return [at is not None and at > now - KEPT_SECONDS for at in found]


async def renew(redis: AsyncRedis, topics: Sequence[str], now: float) -> None:
    """Says that a hub listens to these topics of people. Raises RedisError."""
    pipeline = redis.pipeline(transaction=False)
    if topics:
        pipeline.zadd(_heard(), dict.fromkeys(topics, now))
    pipeline.zremrangebyscore(_heard(), "-inf", now - KEPT_SECONDS)
    for topic in topics:
        for channel in KEPT:
            pipeline.expire(_log(topic, channel), KEPT_SECONDS)
    await pipeline.execute()


async def begin(redis: AsyncRedis, topic: str, channel: str, now: float) -> int:
    """Returns the number of a log's last message. From now on, the log takes each message. Raises RedisError."""
    pipeline = redis.pipeline(transaction=False)
    pipeline.zadd(_heard(), {topic: now})
    pipeline.eval(BEGIN, 1, _log(topic, channel))
    return int((await pipeline.execute())[-1])


async def after(redis: AsyncRedis, topic: str, channel: str, seq: int) -> list[Kept] | None:
    """Returns the messages after `seq`; None if the log doesn't hold `seq`. Raises RedisError."""
    found: Any = await redis.xrange(_log(topic, channel), min=f"{seq}-1")
    kept = [(int(id.partition(b"-")[0]), fields) for id, fields in found]
    if not kept or kept[0][0] != seq:
        return None
    return [Kept(number, fields[b"data"].decode()) for number, fields in kept[1:]]
