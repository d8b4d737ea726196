"""Telling the streams what has been committed. A lost message costs nothing but time: every screen can re-read."""

import json
from collections.abc import Iterable, Sequence
from functools import cache

import structlog
from django.conf import settings
from redis import Redis, RedisError

from accounts.domain.access.scopes import AccessEnd
from accounts.selectors.ledger.wallets import Wallet
from accounts.wire import ledger as wire_ledger

log = structlog.get_logger(__name__)
ACCESS_CHANNEL = "access"
"""Between processes only: no socket can subscribe to it."""


@cache
def _redis() -> Redis:
    # Short: the feed publishes within its second, and a Redis that hangs must not cost the next price.
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def publish(messages: Iterable[tuple[str, object]]) -> None:
    """Send (topic, content) pairs to every stream process. Call it after the commit; a Redis that is down is logged."""
    try:
        pipeline = _redis().pipeline(transaction=False)
        for topic, content in messages:
            pipeline.publish(topic, json.dumps(content, separators=(",", ":")))
        pipeline.execute()
    except RedisError as error:
        log.warning("publish failed", error=str(error))


def listened_to(topics: Iterable[str]) -> set[str]:
    """Which of these topics any stream process listens to now: nothing need be rendered for the others."""
    try:
        counts = _redis().pubsub_numsub(*topics)
    except RedisError as error:
        log.warning("publish failed", error=str(error))
        return set()
    return {topic.decode() if isinstance(topic, bytes) else topic for topic, count in counts if count}


def own_topic(channel: str) -> str:
    """A channel in Redis, which has one space of topics for all its databases: ours are told by PostgreSQL's name."""
    return f"{settings.DATABASES['default']['NAME']}/{channel}"


def user_topic(user_id: int) -> str:
    """Where one person's private events go."""
    return own_topic(f"user.{user_id}")


def apart_topic(private_topic: str, channel: str) -> str:
    """Where a channel of somebody's goes that is only worked out while they listen to it."""
    return f"{private_topic}.{channel}"


def listeners_of(channel: str) -> set[int]:
    """The people who listen to this channel of theirs now, on any stream process. See `apart_topic`."""
    start, end = own_topic("user."), f".{channel}"
    try:
        topics = _redis().pubsub_channels(f"{start}*{end}")
    except RedisError as error:
        log.warning("publish failed", error=str(error))
        return set()
    names = (topic.decode() if isinstance(topic, bytes) else topic for topic in topics)
    return {int(name) for each in names if (name := each.removeprefix(start).removesuffix(end)).isdecimal()}


def wallet_messages(wallets: Iterable[Wallet]) -> list[tuple[str, object]]:
    """One message per wallet, to its owner."""
    return [(user_topic(w.owner_id), {"channel": "wallet", "data": [wire_ledger.wallet(w)]}) for w in wallets]


def end_message(
    user_id: int, *, reason: AccessEnd, marks: Sequence[str] | None, kept: str | None = None
) -> tuple[str, object]:
    """For the sockets of one person: these accesses (None: all but the kept one) have ended, and so have they."""
    data = {"ended": marks, "kept": kept, "reason": reason}
    return user_topic(user_id), {"channel": ACCESS_CHANNEL, "data": data}
