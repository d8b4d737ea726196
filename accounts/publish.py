"""Telling the streams what has been committed. A lost message costs nothing but time: every screen can re-read."""

from collections.abc import Iterable, Sequence
from functools import cache

import structlog
from django.conf import settings
from redis import Redis, RedisError

from accounts.domain.access.scopes import AccessEnd
from accounts.domain.channels import ACCESS, WALLET, Message, user_of, user_topic
from accounts.selectors.ledger.wallets import Wallet
from accounts.wire import ledger as wire_ledger

log = structlog.get_logger(__name__)


@cache
def _redis() -> Redis:
    # Short: the feed publishes within its second, and a Redis that hangs must not cost the next price.
    return Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)


def name_in_redis(topic: str) -> str:
    """Redis has one space of names for all its databases: ours begin with the name of the PostgreSQL database."""
    return f"{settings.DATABASES['default']['NAME']}/{topic}"


def topic_by_name(name: bytes | str) -> str:
    """The topic of a `name_in_redis`."""
    return (name.decode() if isinstance(name, bytes) else name).removeprefix(name_in_redis(""))


def publish(messages: Iterable[Message]) -> None:
    """Send them to every stream process. Call it after the commit; a Redis that is down is logged."""
    try:
        pipeline = _redis().pipeline(transaction=False)
        for message in messages:
            pipeline.publish(name_in_redis(message.topic), message.encode())
        pipeline.execute()
    except RedisError as error:
        log.warning("publish failed", error=str(error))


def listened_to(topics: Iterable[str]) -> set[str]:
    """Which of these topics any stream process listens to now: nothing need be rendered for the others."""
    try:
        counts = _redis().pubsub_numsub(*map(name_in_redis, topics))
    except RedisError as error:
        log.warning("publish failed", error=str(error))
        return set()
    return {topic_by_name(name) for name, count in counts if count}


def listeners_of(channel: str) -> set[int]:
    """The people who listen to this channel of theirs now, on any stream process, if it has topics of its own."""
    try:
        names = _redis().pubsub_channels(name_in_redis(user_topic("*", channel)))
    except RedisError as error:
        log.warning("publish failed", error=str(error))
        return set()
    users = (user_of(topic_by_name(name)) for name in names)
    return {user_id for user_id in users if user_id is not None}


def wallet_messages(wallets: Iterable[Wallet]) -> list[Message]:
    """One message per wallet, to its owner."""
    return [Message(user_topic(wallet.owner_id), WALLET, [wire_ledger.wallet(wallet)]) for wallet in wallets]


def end_message(user_id: int, *, reason: AccessEnd, marks: Sequence[str] | None, kept: str | None = None) -> Message:
    """For the sockets of one person: these accesses (None: all but the kept one) have ended, and so have they."""
    return Message(user_topic(user_id), ACCESS, {"ended": marks, "kept": kept, "reason": reason})
