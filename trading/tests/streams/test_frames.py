"""A frame is encoded once and written at once; a client that doesn't read gets the newest, in the right order."""

import asyncio
import json

import pytest
from redis import Redis as BlockingRedis
from websockets.frames import Frame, Opcode

from accounts.domain.channels import Message
from accounts.publish import name_in_redis
from trading.metrics import FRAMES
from trading.streams.frames import text_frame
from trading.streams.hub import Hub
from trading.streams.outbox import Outbox
from trading.streams.protocol import Published
from trading.tests.ears import Ear, Server, publish, until
from trading.tests.streams.test_transport import connected, serving


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65535, 65536, 70000])
def test_the_bytes_of_a_frame_are_those_of_the_protocol(length: int) -> None:
    for text in ("x" * length, "원" * length):
        assert text_frame(text) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def price(number: int) -> Published:
    return Published("prices.A-B", "prices.A-B", [number], number)


class Wire:
    """A transport that takes frames while its client reads."""

    def __init__(self) -> None:
        self.reads, self.written = True, list[bytes]()

    def __call__(self, frame: bytes) -> bool:
        if self.reads:
            self.written.append(frame)
        return self.reads


async def test_all_sockets_get_the_same_bytes() -> None:
    wires, published = [Wire() for _ in range(3)], price(1)
    for wire in wires:
        Outbox(wire).put_newest(published)
    assert len({id(frame) for wire in wires for frame in wire.written}) == 1
    assert wires[0].written == [published.wire]


async def test_the_newest_waits_for_a_client_that_does_not_read_and_nothing_overtakes_it() -> None:
    wire = Wire()
    outbox = Outbox(wire)
    wire.reads = False
    for number in (1, 2):
        outbox.put_newest(price(number))
    wire.reads = True
    outbox.put_newest(price(3))
    assert json.loads(await outbox.take())["seq"] == 3
    outbox.put_newest(price(4))  # the third is still on its way
    assert wire.written == []
    assert json.loads(await outbox.take())["seq"] == 4
    taking = asyncio.create_task(outbox.take())
    await asyncio.sleep(0)
    outbox.put_newest(price(5))
    assert wire.written == [price(5).wire]
    taking.cancel()


async def test_a_frame_does_not_overtake_a_private_one_nor_leave_after_the_end() -> None:
    wire = Wire()
    outbox = Outbox(wire)
    outbox.put("private")
    outbox.put_newest(price(1))
    assert wire.written == []
    assert [await outbox.take(), json.loads(await outbox.take())["seq"]] == ["private", 1]
    outbox.close()
    outbox.put_newest(price(2))
    assert wire.written == []


async def test_the_server_offers_the_way_and_closes_it_with_the_socket() -> None:
    taken: list[bool] = []

    async def talk(server: object, receive: object, send: object) -> None:
        (connection,) = server.left()  # type: ignore[attr-defined]
        writes_now = connection.scope["extensions"]["cryptotrader.writes_now"]
        taken.append(writes_now(text_frame("at once")))
        await send({"type": "websocket.close", "code": 4408})  # type: ignore[operator]
        taken.append(writes_now(text_frame("late")))

    async with serving(talk) as server:
        reader, writer = await connected(server)
        assert await reader.readexactly(9) == b"\x81\x07at once"
        assert (await reader.readexactly(1))[0] == 0x88
        await server.over.wait()
        writer.close()
    assert taken == [True, False]


class Busy(Ear):
    """A listener that keeps its process busy at the first message, while more come."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self._server = server

    def hear(self, published: Published) -> None:
        super().hear(published)
        if len(self.heard) > 1:
            return
        with BlockingRedis.from_url(self._server.url()) as redis, redis.pipeline() as together:
            for topic, seq in ((CANDLES, 2), (CANDLES, 3), ("b", None), ("b", None), (CANDLES, 4)):
                together.publish(name_in_redis(topic), Message(topic, topic, f"{topic}{seq}", seq).encode())
            for seq in (7, 8, 9):
                together.publish(name_in_redis(PRICES), price(seq).encode())
            together.execute()


PRICES, CANDLES = "prices.A-B", "candles.A-B.1m"


@pytest.mark.process
async def test_a_hub_that_is_late_hands_on_the_newest_candles_all_prices_at_once_and_all_other_news(
    server: Server, hub: Hub
) -> None:
    ear, before = Busy(server), FRAMES.conflations
    for topic in (CANDLES, "b", PRICES):
        await hub.join(topic, ear)
    await publish(server, "b", "first")
    await until(lambda: len(ear.heard) >= 5, "the news")
    assert ear.words == ["first", "bNone", "bNone", f"{CANDLES}4", [7, 8, 9]]
    assert FRAMES.conflations - before == 4
