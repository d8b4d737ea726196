"""`/ws/v1`: one socket for prices, trades and wallet. See protocol.py for the words, docs/streams.md for their use."""

import asyncio
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone

from accounts.domain.notation import write_instant
from accounts.publish import user_topic
from trading.streams.hub import hub
from trading.streams.outbox import Outbox, TooSlow
from trading.streams.protocol import CHANNELS_MAX, MESSAGE_LENGTH_MAX, Close, Message, Op, Refused, frame, parse
from trading.streams.snapshots import (
    Snapshot,
    UnknownInstrument,
    missed_prices,
    price_snapshot,
    private_snapshot,
)
from trading.streams.subscription import Subscription, topic_of

HEARTBEAT_SECONDS = 15


class StreamConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """One client. Messages are handled one after the other; frames leave through the outbox."""

    async def connect(self) -> None:
        self.outbox = Outbox()
        self.subscriptions: dict[str, Subscription] = {}
        await self.accept()
        self.tasks = {asyncio.create_task(self._send_frames()), asyncio.create_task(self._beat())}

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            task.cancel()
        for channel in list(self.subscriptions):
            await self._leave(channel)

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
        user = self.scope["user"]
        if message.instrument is None and not user.is_authenticated:
            raise Refused("not-authenticated", "Sign in or send a valid token", message.id)
        if message.channel not in self.subscriptions and len(self.subscriptions) >= CHANNELS_MAX:
            raise Refused("too-many-channels", f"At most {CHANNELS_MAX} channels per socket", message.id)
        await self._leave(message.channel)
        topic = topic_of(message.instrument, user_topic(user.pk) if user.is_authenticated else "")
        subscription = Subscription(message.channel, message.instrument, topic, self.outbox)
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
        if message.op is not Op.RESUME or message.instrument is None or message.seq is None:
            return None
        missed: Snapshot | None = await missed_prices(message.instrument, message.seq)
        return missed

    async def _snapshot(self, subscription: Subscription) -> Snapshot:
        if subscription.instrument is not None:
            found: Snapshot = await price_snapshot(subscription.instrument)
        else:
            found = await private_snapshot(subscription.channel, self.scope["user"].pk)
        return found

    async def _leave(self, channel: str) -> None:
        left = self.subscriptions.pop(channel, None)
        if left is not None and all(other.topic != left.topic for other in self.subscriptions.values()):
            await hub().leave(left.topic, self)

    def hear(self, topic: str, content: bytes) -> None:
        """The hub's call: a message of a topic that this socket listens to."""
        for subscription in self.subscriptions.values():
            if subscription.topic == topic:
                subscription.hear(content)

    def resync(self) -> None:
        """The hub's call: messages may have been lost, so every channel starts from its state again."""
        task = asyncio.create_task(self._start_again())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _start_again(self) -> None:
        try:
            for subscription in list(self.subscriptions.values()):
                subscription.ready = False
                subscription.start(await self._snapshot(subscription))
        except DatabaseError:
            await self.close(Close.TRY_AGAIN, reason="the state can't be read now: connect again")

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
            self.outbox.put(frame("heartbeat", time=write_instant(timezone.now())))


class UnknownPath(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Any other address: closed with a reason instead of a server error."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(Close.UNKNOWN_PATH, reason="there is only /ws/v1")

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Nothing is listened to."""
