"""A body is bounded before anything of it is kept: in its bytes and in its time."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from cryptotrader.requests.bodies import FAULT, READ_AWAY_MAX, Body, with_bounded_bodies

SMALL = 64 * 1024
PIECE = b"x" * 16 * 1024


class Client:
    """A client that sends pieces; `sent` counts those that the server took. Without `ends` it holds the body open."""

    def __init__(self, pieces: Iterable[bytes], headers: Mapping[str, str] | None = None, *, ends: bool = True) -> None:
        self.pieces, self.ends, self.taken = list(pieces), ends, 0
        names = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
        self.scope: dict[str, Any] = {"type": "http", "headers": names}
        self.answered: list[Any] = []

    async def receive(self) -> Any:
        if self.taken == len(self.pieces):
            await asyncio.Future()
        self.taken += 1
        more = self.taken < len(self.pieces) or not self.ends
        return {"type": "http.request", "body": self.pieces[self.taken - 1], "more_body": more}

    async def send(self, message: Any) -> None:
        self.answered.append(message)

    async def ask(self, *, seconds: float = 60) -> bytes:
        """Returns the body that the application gets."""
        body = Body(self.scope, self.receive, self.send, seconds=seconds)
        content, more = b"", True
        while more:
            message = await body.receive()
            content, more = content + message["body"], message["more_body"]
        await body.send({"type": "http.response.start", "status": 413, "headers": []})
        return content

    @property
    def closes(self) -> bool:
        return (b"Connection", b"close") in self.answered[0]["headers"]


async def test_a_body_of_the_largest_size_comes_through() -> None:
    client = Client([PIECE] * 4)
    assert (await client.ask(), client.scope.get(FAULT), client.closes) == (PIECE * 4, None, False)


@pytest.mark.parametrize("declared", [{}, {"content-length": str(SMALL + 1)}])
async def test_one_byte_more_is_refused_and_the_connection_goes_on(declared: dict[str, str]) -> None:
    client = Client([PIECE] * 4 + [b"x"], declared)
    assert len(await client.ask()) <= SMALL
    assert (client.scope[FAULT], client.taken, client.closes) == (413, 5, False)


async def test_a_body_without_end_is_not_read_to_its_end() -> None:
    client = Client([PIECE] * 100_000)
    assert len(await client.ask()) <= SMALL
    assert (client.scope[FAULT], client.closes) == (413, True)
    assert client.taken * len(PIECE) <= READ_AWAY_MAX + 2 * len(PIECE)


@pytest.mark.parametrize(
    "headers", [{"content-length": "100000000"}, {"content-length": "65537", "expect": "100-continue"}]
)
async def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all(headers: dict[str, str]) -> None:
    client = Client([PIECE] * 10_000, headers)
    assert await client.ask() == b""
    assert (client.scope[FAULT], client.taken, client.closes) == (413, 0, True)


@pytest.mark.parametrize("pieces", [[], [b"{"], [PIECE] * 5])
async def test_a_body_that_is_held_open_is_refused_when_its_time_is_over(pieces: list[bytes]) -> None:
    client = Client(pieces, ends=False)
    await client.ask(seconds=0.01)
    assert (client.scope[FAULT], client.closes) == (408, True)


async def test_sockets_have_no_body() -> None:
    passed: list[Any] = []

    async def application(*arguments: Any) -> None:
        passed.extend(arguments)

    client = Client([])
    scope = {"type": "websocket", "headers": []}
    await with_bounded_bodies(application)(scope, client.receive, client.send)
    assert passed == [scope, client.receive, client.send]
