"""The ASGI application of the gateway."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.utils import translation
from rest_framework.response import Response

from accounts.domain.errors import Unavailable
from accounts.rest.rates import COUNTED
from accounts.rest.written import RENDERER
from trading.gateway.lanes import ALONE_THREADS, Queue
from trading.gateway.reading import Unusual, headers_of, read
from trading.gateway.routes import Route, match
from trading.gateway.sent import Lane, Outcome, PassedOn, Sent
from trading.gateway.serving import ORDERS_MAX, serve_each, serve_lists, serve_order_alone, serve_orders
from trading.gateway.site import Place, Site, Told

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
UNREADABLE = (SuspiciousOperation, BadRequest, ValueError)
"""All that Django's and Python's parsers raise, too many parameters for example. Django's handler names the fault."""

CLOSERS, READERS = 2, 2
MAY_WAIT_FOR_LOCKS = 1 + ALONE_THREADS + CLOSERS
"""The threads, each with a connection, that orders and closes can hold up."""


class Gateway:
    """Serves the requests that it knows and can read; hands all others to Django, as they came."""

    def __init__(self, django: Application, site: Site) -> None:
        self._django, self._site = django, site
        self._answered: list[Told] = []
        self._lanes = {
            Lane.ORDERS: Queue("orders", self._serve_orders, threads=1, most=ORDERS_MAX, alone=serve_order_alone),
            Lane.CLOSES: Queue("closes", serve_each, threads=CLOSERS, most=1),
            Lane.LISTS: Queue("lists", serve_lists, threads=1, most=64),
            Lane.READS: Queue("reads", serve_each, threads=READERS, most=16),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = match(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._django(scope, receive, send)
            return
        began = perf_counter()
        read_ahead = ReadAhead(receive)
        await read_ahead.to_the_end()
        try:
            sent, place = self._read(scope, read_ahead, *found)
        except Unusual:
            await self._django(scope, read_ahead.receive, send)
            return
        outcome = await self._outcome(sent)
        if isinstance(outcome, PassedOn):
            counted = {COUNTED: sent.counted} if outcome.is_counted else {}
            await self._django({**scope, **counted}, read_ahead.receive, send)
            return
        await self._answer(sent, place, outcome, send, began)

    def _read(self, scope: Scope, ahead: ReadAhead, route: Route, named: UUID | None) -> tuple[Sent, Place]:
        headers = headers_of(scope)
        place = self._site.place(scope, headers) if ahead.is_whole else None
        if place is None:
            raise Unusual
        try:
            return read(scope, ahead.body, headers, place, route, named), place
        except UNREADABLE as error:
            raise Unusual from error

    def _serve_orders(self, batch: Sequence[Sent]) -> None:
        with self._site.in_one_write():
            serve_orders(batch)

    async def _outcome(self, sent: Sent) -> Outcome:
        try:
            self._lanes[sent.lane].put(sent)
        except Unavailable as refusal:
            return refusal
        return await sent.future

    async def _answer(self, sent: Sent, place: Place, outcome: Outcome, send: Send, began: float) -> None:
        answer = self._problem(outcome, place) if isinstance(outcome, Exception) else outcome
        content = RENDERER.render(answer.data)
        head = self._site.head(sent, place, answer, len(content))
        await send({"type": "http.response.start", "status": answer.status_code, "headers": head})
        await send({"type": "http.response.body", "body": content})
        self._tell_soon(Told(sent, place, answer, len(content), perf_counter() - began))

    def _tell_soon(self, told: Told) -> None:
        """After all answers of its batch: the clients needn't wait for the lines of each other."""
        self._answered.append(told)
        if len(self._answered) == 1:
            told.sent.loop.call_soon(self._tell)

    def _tell(self) -> None:
        answered, self._answered = self._answered, []
        self._site.tell(answered)

    def _problem(self, error: Exception, place: Place) -> Response:
        structlog.contextvars.bind_contextvars(request_id=place.request_id)
        with translation.override(place.language):
            return self._site.problem(error)


class ReadAhead:
    """The body of a request, which Django can still receive afterwards."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: list[Any] = []
        self.body = b""
        self.is_whole = False

    async def to_the_end(self) -> None:
        """Receives the whole body, or as much as comes before the client goes."""
        while True:
            message = await self._receive()
            self._messages.append(message)
            if message["type"] != "http.request":
                return
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self.is_whole = True
                return

    async def receive(self) -> Any:
        """Returns the next message of the server, from the first one on."""
        return self._messages.pop(0) if self._messages else await self._receive()
