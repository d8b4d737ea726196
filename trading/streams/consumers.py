"""`/ws/v1`: one socket for prices, trades and wallet. See protocol.py for the words, docs/streams.md for their use."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone

from accounts.domain.access.scopes import AccessEnd
from accounts.domain.notation import write_instant
from accounts.publish import user_topic
from trading.publish import INSTRUMENTS_CHANNEL
from trading.streams.access import Access, end_of
from trading.streams.hub import hub
from trading.streams.outbox import Outbox, TooSlow
from trading.streams.protocol import CHANNELS_MAX, MESSAGE_LENGTH_MAX, Close, Message, Op, Refused, frame, parse
from trading.streams.snapshots import (
    Snapshot,
    UnknownInstrument,
    market_snapshot,
    missed_prices,
    private_snapshot,
    status_snapshot,
)
from trading.streams.subscription import Subscription, topic_of

HEARTBEAT_SECONDS = 15


class _Socket(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close with one of our codes, as a plain number: under daphne a member of an enumeration is an error."""
        await super().close(None if code is None else int(code), reason=reason)


class StreamConsumer(_Socket):
    """One client. Messages are handled one after the other; frames leave through the outbox."""

    async def connect(self) -> None:
        self.outbox = Outbox()
        self.subscriptions: dict[str, Subscription] = {}
        await self.accept()
        self.tasks = {asyncio.create_task(self._send_frames()), asyncio.create_task(self._beat())}
        self.access: Access | None = self.scope["access"]
        self.own_topic = user_topic(self.access.user_id) if self.access else ""
        if self.access:
            await hub().join(self.own_topic, self)
            await self._check_access()  # it may have ended before this socket could hear of it

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            task.cancel()
        for channel in list(self.subscriptions):
            await self._leave(channel)
        if self.access:
            await hub().leave(self.own_topic, self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None or len(text_data) > MESSAGE_LENGTH_MAX:
            await self.close(Close.MESSAGE_TOO_LONG, reason="text messages of at most 4096 characters")
            return
        try:
            await self._do(parse(text_data))
        except Refused as refused:
            self.outbox.put(frame("error", id=refused.id, code=refused.code, title=refused.title))

    async def _do(self, message: Message) -> None:
        if message.op is Op.PING:
            self.outbox.put(frame("pong", id=message.id, time=write_instant(timezone.now())))
        elif message.op is Op.UNSUBSCRIBE:
            await self._leave(message.channel)
            self.outbox.put(frame("unsubscribed", id=message.id, channel=message.channel))
        else:
            await self._subscribe(message)

    async def _subscribe(self, message: Message) -> None:
        if message.is_private and not self.access:
            raise Refused("not-authenticated", "Sign in or send a valid token", message.id)
        if message.channel not in self.subscriptions and len(self.subscriptions) >= CHANNELS_MAX:
            raise Refused("too-many-channels", f"At most {CHANNELS_MAX} channels per socket", message.id)
        await self._leave(message.channel)
        topic = topic_of(message, self.own_topic)
        subscription = Subscription(message.channel, message.instrument, message.interval, topic, self.outbox)
        self.subscriptions[message.channel] = subscription
        await hub().join(topic, self)
        try:
            missed = await self._missed(message)
            snapshot = missed or await self._snapshot(subscription)
        except UnknownInstrument as error:
            await self._leave(message.channel)
            raise Refused("unknown-instrument", "There is no such instrument", message.id) from error
        self.outbox.put(frame("subscribed", id=message.id, channel=message.channel))
        subscription.start(snapshot, type="update" if missed else "snapshot")

    async def _missed(self, message: Message) -> Snapshot | None:
        if message.op is not Op.RESUME or message.instrument is None or message.interval or message.seq is None:
            return None
        missed: Snapshot | None = await missed_prices(message.instrument, message.seq)
        return missed

    async def _snapshot(self, subscription: Subscription) -> Snapshot:
        if subscription.instrument is not None:
            found: Snapshot = await market_snapshot(subscription.instrument, subscription.interval)
        elif subscription.channel == INSTRUMENTS_CHANNEL:
            found = await status_snapshot()
        else:
            found = await private_snapshot(subscription.channel, self.access.user_id if self.access else 0)
        return found

    async def _leave(self, channel: str) -> None:
        left = self.subscriptions.pop(channel, None)
        if (
            left is not None
            and left.topic != self.own_topic
            and all(other.topic != left.topic for other in self.subscriptions.values())
        ):
            await hub().leave(left.topic, self)

    def hear(self, topic: str, content: bytes) -> None:
        """The hub's call: a message of a topic that this socket listens to."""
        if topic == self.own_topic and self.access and (reason := end_of(self.access, content)):
            self._soon(self._end(reason))
        for subscription in self.subscriptions.values():
            if subscription.topic == topic:
                subscription.hear(content)

    def resync(self) -> None:
        """The hub's call: messages may have been lost, so every channel starts from its state again."""
        self._soon(self._start_again())

    def _soon(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _start_again(self) -> None:
        try:
            await self._check_access()
            for subscription in list(self.subscriptions.values()):
                subscription.ready = False
                subscription.start(await self._snapshot(subscription))
        except DatabaseError:
            await self.close(Close.TRY_AGAIN, reason="the state can't be read now: connect again")

    async def _check_access(self) -> None:
        if self.access and not await database_sync_to_async(self.access.lives)():
            await self._end(AccessEnd.SIGNED_OUT)

    async def _end(self, reason: str) -> None:
        await self.close(Close.ACCESS_ENDED, reason=reason)

    async def _send_frames(self) -> None:
        try:
            while True:
                for text in await self.outbox.take():
                    await self.send(text)
        except TooSlow:
            await self.close(Close.TOO_SLOW, reason="the client doesn't read fast enough")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            now = timezone.now()
            self.outbox.put(frame("heartbeat", time=write_instant(now)))
            if self.access and self.access.expires_at and self.access.expires_at <= now:
                await self._end(AccessEnd.KEY_EXPIRED)


class UnknownPath(_Socket):
    """Any other address: closed with a reason instead of a server error."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(Close.UNKNOWN_PATH, reason="there is only /ws/v1")

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Nothing is listened to."""
