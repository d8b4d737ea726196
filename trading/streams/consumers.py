"""`/ws/v1`: one socket for prices, trades and wallet. docs/streams.md explains its messages, protocol.py has them."""

import asyncio
from collections.abc import Collection, Coroutine
from contextlib import suppress
from time import monotonic
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from accounts.domain.access.scopes import AccessEnd
from accounts.domain.channels import ACCESS, user_topic
from accounts.domain.notation import write_instant
from trading.domain.errors import UnknownInstrument
from trading.metrics import FRAMES, SOCKETS
from trading.streams.access import Access, end_of, lives
from trading.streams.door import door
from trading.streams.drain import CLOSES_A_SECOND, drain
from trading.streams.frames import WRITES_NOW
from trading.streams.hub import hub
from trading.streams.limits import Allowance
from trading.streams.outbox import Outbox, TooSlow
from trading.streams.protocol import (
    CHANNELS_MAX,
    MESSAGE_LENGTH_MAX,
    RESTARTING,
    UNREADABLE,
    Close,
    Op,
    Ping,
    Posted,
    Published,
    Refused,
    Request,
    come_back,
    frame,
    parse,
)
from trading.streams.requests import Asked
from trading.streams.snapshots import missed, snapshots
from trading.streams.socket import Socket
from trading.streams.subscription import Subscription

HEARTBEAT_SECONDS = 15
BEATS_PER_CHECK = 3
"""The access is looked at again each 45 s: the message of its end may have been lost."""
READ_SECONDS_MAX = 10
"""A client that takes no frame for this long doesn't read. The heartbeat looks at it: so it has up to 25 s."""
LAST_WORD_SECONDS = 2
STATES_AT_ONCE, STATE_SECONDS = CHANNELS_MAX + 10, 1.0
"""Each subscription begins with a state of up to 150,000 bytes: so many at once, then one each second."""


class StreamConsumer(Socket):
    """One client. Messages are handled one after the other; frames leave through the outbox."""

    async def connect(self) -> None:
        self.outbox = Outbox(self.scope.get("extensions", {}).get(WRITES_NOW))
        self.subscriptions: dict[str, Subscription] = {}
        self.stale: dict[str, Subscription] = {}
        self.ended = False
        self.sending_since: float | None = None
        self.asked = Asked(self.scope, self.outbox, self._soon)
        self.states = Allowance(STATES_AT_ONCE, STATE_SECONDS)
        await self.accept()
        drain().enter(self)
        self.tasks = {asyncio.create_task(self._send_frames()), asyncio.create_task(self._beat())}
        self.starting: asyncio.Task[None] | None = None
        self.access: Access | None = self.scope["access"]
        self.user_id = self.access.user_id if self.access else None
        self.counted = SOCKETS.labels("person" if self.access else "anonymous")
        self.counted.inc()
        self.own_topic = user_topic(self.user_id) if self.user_id is not None else ""
        if self.access:
            await hub().join(self.own_topic, self)
            with suppress(DatabaseError):  # then the next check finds it
                await self._check_access()  # it may have ended before this socket could hear of it

    async def disconnect(self, code: int) -> None:
        self.outbox.close()
        drain().leave(self)
        self.counted.dec()
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
        await self.outbox.room()
        if self.ended:
            return
        try:
            await self._do(parse(text_data))
        except Refused as refused:
            self.outbox.put(frame("error", id=refused.id, code=refused.code, title=refused.title))

    async def _do(self, said: Ping | Request | Posted) -> None:
        if isinstance(said, Posted):
            await self.asked.take(said)
        elif isinstance(said, Ping):
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
        if not self.states.use():
            raise Refused("too-many-requests", f"At most {STATES_AT_ONCE} at once, then one each second", request.id)
        await self._leave(name)
        topic = channel.topic(self.user_id)
        subscription = self.subscriptions[name] = Subscription(channel, topic, self.outbox)
        await hub().join(topic, self)
        try:
            later = None if request.seq is None else await missed(channel, self.user_id, request.seq)
            state = await snapshots().state_of(channel, self.user_id) if later is None else None
        except UnknownInstrument as error:
            await self._leave(name)
            raise Refused("unknown-instrument", "There is no such instrument", request.id) from error
        except DatabaseError:
            await self._try_again()
            return
        self.outbox.put(frame("subscribed", id=request.id, channel=name))
        if state is not None:
            subscription.start(state)
        else:
            subscription.go_on(request.seq or 0, later or ())

    async def _leave(self, name: str) -> None:
        left = self.subscriptions.pop(name, None)
        if left is not None and left.topic != self.own_topic:  # the end of the access arrives there
            await hub().leave(left.topic, self)

    def hear(self, published: Published) -> None:
        """Called by the hub: a message of a topic that this socket listens to."""
        if self.ended:
            return
        if published.channel == ACCESS:
            if self.access and (reason := end_of(self.access, published.data)):
                self._end(reason)
            return
        subscription = self.subscriptions.get(published.channel)
        if subscription is not None and subscription.topic == published.topic:
            subscription.hear(published)

    def resync(self, topics: Collection[str] | None) -> None:
        """Called by the hub: messages may have been lost. These channels are silent until they have their state."""
        for name, subscription in self.subscriptions.items():
            if topics is None or subscription.topic in topics:
                subscription.pause()
                self.stale[name] = subscription
        if self.starting is None or self.starting.done():
            self.starting = self._soon(self._start_again())

    def _soon(self, doing: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(doing)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def _start_again(self) -> None:
        await door().enter()
        try:
            await self._check_access()
            while self.stale and not self.ended:
                name, subscription = self.stale.popitem()
                await self.outbox.room()
                subscription.pause()
                state = await snapshots().state_of(subscription.channel, self.user_id)
                if self.subscriptions.get(name) is subscription:
                    subscription.start(state)
        except DatabaseError:
            await self._try_again()

    async def _try_again(self) -> None:
        await self.close(Close.TRY_AGAIN, reason=come_back(UNREADABLE, drain().count))

    async def restart(self) -> None:
        """This process ends soon: the client finds the state, or what it has missed, at another one."""
        self.ended = True
        self.outbox.close()
        await self.close(Close.RESTART, reason=come_back(RESTARTING, CLOSES_A_SECOND))

    async def _check_access(self) -> None:
        if self.access and not await lives(self.access):
            self._end(AccessEnd.SIGNED_OUT if self.access.key_id is None else AccessEnd.KEY_REVOKED)

    def _end(self, reason: str) -> None:
        """From here on this socket tells nothing more."""
        if not self.ended:
            self.ended = True
            self.outbox.close()
            self._soon(self.close(Close.ACCESS_ENDED, reason=reason))

    async def _send_frames(self) -> None:
        try:
            while True:
                text = await self.outbox.take()
                self.sending_since = monotonic()
                await self.base_send({"type": "websocket.send", "text": text})
                self.sending_since = None
                FRAMES.frames += 1
        except TooSlow:
            await self._too_slow()
        except OSError:  # the client has gone
            self.outbox.close()

    async def _too_slow(self) -> None:
        self.outbox.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORD_SECONDS):
                await self.close(Close.TOO_SLOW, reason="the client doesn't read fast enough")

    async def _beat(self) -> None:
        beats = 0
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            now, beats = timezone.now(), beats + 1
            if self.sending_since is not None and monotonic() - self.sending_since > READ_SECONDS_MAX:
                await self._too_slow()
            self.outbox.put(frame("heartbeat", time=write_instant(now)))
            if self.access and self.access.expires_at and self.access.expires_at <= now:
                self._end(AccessEnd.KEY_EXPIRED)
            elif beats % BEATS_PER_CHECK == 0:
                with suppress(DatabaseError):  # without a database there is no news either
                    await self._check_access()
