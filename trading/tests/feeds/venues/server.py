"""Venues on this machine: each speaks its real protocol, REST and WebSocket, and fails on demand."""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Thread
from typing import Any

from aiohttp import WSMsgType, web

from accounts.tests.patience import PATIENCE_SECONDS
from trading.tests.feeds.venues.dialect import Dialect, Quote
from trading.tests.feeds.venues.dialects import DIALECTS

QUOTES_A_SECOND = 10


@dataclass
class Venue:
    """One venue: its quotes, and its failures. Change its attributes from any thread."""

    name: str
    quotes: dict[str, Quote]
    clock_ahead_seconds: float = 0.0
    """The error of its clock."""

    frozen: bool = False
    """It keeps its connections and sends nothing."""

    refusing: bool = False
    """It accepts no connections: HTTP 503."""

    turned_away: int = 0
    """The number of connections that it didn't accept."""

    timeless: bool = False
    """It doesn't answer requests for its time: HTTP 503."""

    times_untold: int = 0
    """The number of requests that failed."""

    silent_seconds: int = 60
    """The silence after which the feed gives a connection up: more than a busy machine ever causes."""

    dropping: bool = False
    """It closes each connection at the first subscription."""

    stuttering: bool = False
    """It sends each message twice, and now and then an old one again."""

    connections: int = 0
    """The number of WebSockets opened to it so far."""

    refused: dict[str, str] = field(default_factory=dict)
    """Markets that it lists and doesn't stream, and the way in which it refuses them: error, drop or silence."""

    refusals: int = 0
    """The number of subscriptions refused in this way."""

    former: set[Quote] = field(default_factory=set)
    """Its former quotes: books need messages that remove them."""

    address: str = ""
    _sockets: dict[web.WebSocketResponse, set[str]] = field(default_factory=dict)
    _sent: list[str] = field(default_factory=list)

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.name]

    @property
    def settings(self) -> dict[str, str | int]:
        """The settings that `[venues.NAME]` would have for this server."""
        return {
            "rest": f"http://{self.address}{self.dialect.rest_path}",
            "websocket": f"ws://{self.address}{self.dialect.websocket_path}",
            "silent_seconds": self.silent_seconds,
        }

    def set(self, price: str, spread: str = "0.02") -> None:
        """Quote this mid price, in all its markets."""
        half = Decimal(spread) / 2
        self.former |= set(self.quotes.values())
        for market in self.quotes:
            self.quotes[market] = Quote(str(Decimal(price) - half), str(Decimal(price) + half))

    def now(self) -> float:
        return time.time() + self.clock_ahead_seconds

    async def say(self, *texts: str) -> None:
        """Send these very texts to all connected clients."""
        for socket in list(self._sockets):
            for text in texts:
                if not socket.closed:
                    await socket.send_str(text)

    async def rise(self, prices: Sequence[str]) -> None:
        """Quote these mid prices one after another, without a pause, to all connected clients."""
        for price in prices:
            self.former.clear()
            self.set(price)
            for market in self.quotes:
                await self.say(self.dialect.quote(self, market))

    async def drop(self) -> None:
        """Close all connections."""
        for socket in list(self._sockets):
            await socket.close()

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._refuse])
        for path, answer in self.dialect.rest_answers.items():
            application.router.add_get(path, self._rest(answer))
        application.router.add_get(self.dialect.websocket_route, self._talk)
        application.cleanup_ctx.append(self._quoting)
        return application

    @web.middleware
    async def _refuse(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        if self.refusing:
            self.turned_away += 1
            raise web.HTTPServiceUnavailable
        if self.timeless and request.path.endswith("/time"):
            self.times_untold += 1
            raise web.HTTPServiceUnavailable
        answer: web.StreamResponse = await handler(request)
        return answer

    def _rest(self, answer: Callable[["Venue", web.Request], Any]) -> Callable[[web.Request], Any]:
        async def handler(request: web.Request) -> web.Response:
            return web.json_response(answer(self, request))

        return handler

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        self._sockets[socket] = set()
        try:
            async for message in socket:
                if message.type != WSMsgType.TEXT:
                    break
                asked = set(self._sockets[socket])
                answers = list(self.dialect.hear(self, asked, message.data))
                if not await self._refuse_markets(socket, asked, message.data):
                    self._sockets[socket] |= asked
                    for answer in answers:
                        await socket.send_str(answer)
                if self.dropping:
                    await socket.close()
        finally:
            del self._sockets[socket]
        return socket

    async def _refuse_markets(self, socket: web.WebSocketResponse, asked: Collection[str], text: str) -> bool:
        """Whether this subscription was of a market that it refuses."""
        new = self.refused.keys() & (frozenset(asked) - self._sockets[socket])
        for market in new:
            self.refusals += 1
            if self.refused[market] == "error":
                await socket.send_str(self.dialect.refuse(self, market, text))
            elif self.refused[market] == "drop":
                await socket.close()
        return bool(new)

    async def _quoting(self, _: web.Application) -> Any:
        task = asyncio.create_task(self._quote_for_ever())
        yield
        task.cancel()

    async def _quote_for_ever(self) -> None:
        while True:
            await asyncio.sleep(1 / QUOTES_A_SECOND)
            for socket, markets in list(self._sockets.items()):
                for market in sorted(markets):
                    if not self.frozen and not socket.closed:
                        await self._tell(socket, self.dialect.quote(self, market))

    async def _tell(self, socket: web.WebSocketResponse, text: str) -> None:
        self._sent = [*self._sent[-9:], text]
        try:
            await socket.send_str(text)
            if self.stuttering:
                await socket.send_str(text)
                await socket.send_str(self._sent[0])
        except ConnectionError:
            pass  # the client has just gone


class Town:
    """The venues of a test, served by one thread."""

    def __init__(self, venues: Sequence[Venue]) -> None:
        self.venues = {venue.name: venue for venue in venues}
        self._loop = asyncio.new_event_loop()

    def do(self, coroutine: Any) -> None:
        """Let a venue execute a call, and wait until it is done."""
        future: Future[Any] = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        future.result(timeout=PATIENCE_SECONDS)

    def __getitem__(self, name: str) -> Venue:
        return self.venues[name]

    @contextmanager
    def served(self) -> Iterator["Town"]:
        thread = Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        with ExitStack() as stack:
            stack.callback(self._loop.close)
            stack.callback(thread.join)
            stack.callback(lambda: self._loop.call_soon_threadsafe(self._loop.stop))
            for venue in self.venues.values():
                runner = web.AppRunner(venue.application(), access_log=None, shutdown_timeout=0.1)
                self.do(self._serve(venue, runner))
                stack.callback(self._clean_up, runner)
            yield self

    def _clean_up(self, runner: web.AppRunner) -> None:
        self.do(runner.cleanup())

    async def _serve(self, venue: Venue, runner: web.AppRunner) -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        venue.address = f"{host}:{port}"
