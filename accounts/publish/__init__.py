"""Publishes committed changes to the streams. A lost message only costs time: every screen can read again.

When Redis does not take a message, this process remembers its topic, and tells all stream processes of it later.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from time import time

import structlog
from django.conf import settings
from redis import Redis, RedisError

from accounts.domain.access.scopes import AccessEnd
from accounts.domain.channels import ACCESS, ANNOUNCEMENTS, WALLET, Message, lost_message, user_of, user_topic
from accounts.models import Announcement
from accounts.publish import kept
from accounts.publish.untold import Untold
from accounts.redis_client import redis_client
from accounts.selectors.ledger.wallets import Wallet
from accounts.wire import ledger as wire_ledger
from accounts.wire import people as wire_people

log = structlog.get_logger(__name__)


@cache
def _redis() -> Redis:
    seconds = settings.REDIS_SECONDS_MAX
    return redis_client(settings.REDIS_URL, socket_timeout=seconds, socket_connect_timeout=seconds)


def name_in_redis(topic: str) -> str:
    """Prefixes the topic with PostgreSQL's database name: all databases of a Redis share one space of channel names."""
    return f"{settings.DATABASES['default']['NAME']}/{topic}"


def topic_by_name(name: bytes | str) -> str:
    """Returns the topic of a `name_in_redis`."""
    return (name.decode() if isinstance(name, bytes) else name).removeprefix(name_in_redis(""))


def publish(messages: Iterable[Message]) -> bool:
    """Sends the messages to every stream process. Call it after the commit. It logs a failure of Redis.

    Returns whether Redis took them. The listeners of a lost message are told later that they missed one. Messages with
    a `seq` need no such mark: the caller repeats in the next one all that the listeners need of these.
    """
    told = list(messages)
    if not told or _send(told):
        return True
    _untold().add(message.topic for message in told if message.seq is None)
    return False


def _send(messages: Sequence[Message]) -> bool:
    try:
        pipeline = _redis().pipeline(transaction=False)
        for message in messages:
            if message.is_kept:
                kept.add(pipeline, name_in_redis(message.topic), message)
            else:
                pipeline.publish(name_in_redis(message.topic), message.encode())
        pipeline.execute()
    except RedisError as error:
        log.warning("publish failed", outage="redis", error=str(error))
        return False
    return True


@cache
def _untold() -> Untold:
    return Untold(_tell_of_lost)


def _tell_of_lost(topics: Collection[str]) -> bool:
    """First the logs that miss a message end, then those who listen are told."""
    try:
        pipeline = _redis().pipeline(transaction=False)
        kept.forget(pipeline, topics)
        mark = lost_message(topics)
        pipeline.publish(name_in_redis(mark.topic), mark.encode())
        pipeline.execute()
    except RedisError as error:
        log.warning("publish failed", outage="redis", error=str(error))
        return False
    return True


def listened_to(topics: Iterable[str], *, numbered: bool = False) -> set[str]:
    """Returns the topics that a stream process listens to, or has listened to until just now. The others need no
    rendering.

    When Redis doesn't answer, the caller publishes nothing; so the listeners are told later that they missed news.
    Topics whose messages are `numbered` need no such mark.
    """
    asked = list(topics)
    personal = [topic for topic in asked if user_of(topic) is not None]
    try:
        pipeline = _redis().pipeline(transaction=False)
        pipeline.pubsub_numsub(*map(name_in_redis, asked))
        if personal:
            kept.ask_who_listened(pipeline, personal)
        counts, *heard = pipeline.execute()
    except RedisError as error:
        log.warning("publish failed", outage="redis", error=str(error))
        _untold().add(() if numbered else asked)
        return set()
    now = {topic_by_name(name) for name, count in counts if count}
    lately = kept.still_heard(heard[0], time()) if heard else ()
    return now | {topic for topic, is_heard in zip(personal, lately, strict=True) if is_heard}


def listeners_of(channel: str) -> set[int]:
    """Returns the users who listen now, on any stream process, to a channel with topics of its own."""
    try:
        names = _redis().pubsub_channels(name_in_redis(user_topic("*", channel)))
    except RedisError as error:
        log.warning("publish failed", outage="redis", error=str(error))
        return set()
    users = (user_of(topic_by_name(name)) for name in names)
    return {user_id for user_id in users if user_id is not None}


def wallet_messages(wallets: Iterable[Wallet]) -> list[Message]:
    """Returns one message per wallet, for its owner."""
    return [Message(user_topic(wallet.owner_id), WALLET, [wire_ledger.wallet(wallet)]) for wallet in wallets]


def end_message(user_id: int, *, reason: AccessEnd, marks: Sequence[str] | None, kept: str | None = None) -> Message:
    """Tells one person's sockets that these accesses have ended (None: all but the kept one), so that they close."""
    return Message(user_topic(user_id), ACCESS, {"ended": marks, "kept": kept, "reason": reason})


def publish_announcements(announcements: Iterable[Announcement]) -> None:
    """Publish these announcements to everybody, each as it stands. Call it after the commit."""
    data = [wire_people.announcement(each) for each in announcements]
    publish([Message(ANNOUNCEMENTS, ANNOUNCEMENTS, data)] if data else [])
