"""`/ws/v1`: one socket for prices, trades and wallet. docs/streams.md explains its messages, protocol.py has them."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils import timezone

from accounts.domain.access.scopes import AccessEnd
from accounts.domain.channels import ACCESS, user_topic
from accounts.domain.notation import write_instant
from trading.domain.channels import Kind
from trading.domain.errors import UnknownInstrument
from trading.streams.access import Access, end_of
from trading.streams.hub import hub
from trading.streams.outbox import Outbox, TooSlow
from trading.streams.protocol import (
    CHANNELS_MAX,
    MESSAGE_LENGTH_MAX,
    Close,
    Op,
    Ping,
    Published,
    Refused,
    Request,
    frame,
    parse,
)
from trading.streams.snapshots import Snapshot, missed_prices, state_of
from trading.streams.subscription import Subscription

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
        self.user_id = self.access.user_id if self.access else None
        self.own_topic = user_topic(self.user_id) if self.user_id is not None else ""
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

    async def _do(self, said: Ping | Request) -> None:
        if isinstance(said, Ping):
            self.outbox.put(frame("pong", id=said.id, time=write_instant(timezone.now())))
        elif said.op is Op.UNSUBSCRIBE:
            await self._leave(said.channel.name)
            self.outbox.put(frame("unsubscribed", id=said.id, channel=said.channel.name))
        else:
            await self._subscribe(said)

    async def _subscribe(self, request: Request) -> None:
        channel, name = request.channel, request.channel.name
        if channel.is_private and not self.access:
            raise Refused("not-authenticated", "Sign in or send a valid token", request.id)
        if name not in self.subscriptions and len(self.subscriptions) >= CHANNELS_MAX:
            raise Refused("too-many-channels", f"At most {CHANNELS_MAX} channels per socket", request.id)
        await self._leave(name)
        topic = channel.topic(self.user_id)
        subscription = self.subscriptions[name] = Subscription(channel, topic, self.outbox)
        await hub().join(topic, self)
        try:
            missed = await self._missed(request)
            snapshot = missed or await state_of(channel, self.user_id)
        except UnknownInstrument as error:
            await self._leave(name)
            raise Refused("unknown-instrument", "There is no such instrument", request.id) from error
        self.outbox.put(frame("subscribed", id=request.id, channel=name))
        subscription.start(snapshot, type="update" if missed else "snapshot")

    async def _missed(self, request: Request) -> Snapshot | None:
        channel = request.channel
        if request.op is not Op.RESUME or channel.kind is not Kind.PRICES or request.seq is None:
            return None
        missed: Snapshot | None = await missed_prices(channel.symbol, request.seq)
        return missed

    async def _leave(self, name: str) -> None:
        left = self.subscriptions.pop(name, None)
        if left is not None and left.topic != self.own_topic:  # the end of the access arrives there
            await hub().leave(left.topic, self)

    def hear(self, published: Published) -> None:
        """Called by the hub: a message of a topic that this socket listens to."""
        if published.channel == ACCESS:
            if self.access and (reason := end_of(self.access, published.data)):
                self._soon(self._end(reason))
            return
        subscription = self.subscriptions.get(published.channel)
        if subscription is not None and subscription.topic == published.topic:
            subscription.hear(published)

    def resync(self) -> None:
        """Called by the hub: messages may have been lost, so every channel starts from its state again."""
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
                subscription.start(await state_of(subscription.channel, self.user_id))
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
        """Ignore all messages."""
