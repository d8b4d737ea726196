"""kill -9 of the server of sockets, while trades open and settle: 200 clients come back and hear each message once."""

import asyncio
import json
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.tests.one_machine.test_kills import ORDERS, Client, clients_of
from cryptotrader.tests.support.homes import furnish
from cryptotrader.tests.support.platforms import Platform

pytestmark = [pytest.mark.process, pytest.mark.long]
SOCKETS = 200
CHANNELS = ("trades", "wallet", "orders")
ORDERS_EACH = 3


@pytest.fixture
def platform() -> Iterator[Platform]:
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as home:
        furnish(Path(home))
        running = Platform(Path(home))
        yield running
        running.end()


class Listener:
    """A program that resumes each channel where it stopped."""

    def __init__(self, port: int, token: str) -> None:
        self.url, self.headers = f"ws://127.0.0.1:{port}/ws/v1", {"Authorization": f"Bearer {token}"}
        self.heard: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.states: dict[str, list[str]] = defaultdict(list)
        self.connections = 0
        self.there: set[str] = set()

    async def go_on(self) -> None:
        while True:
            try:
                async with connect(self.url, additional_headers=self.headers, open_timeout=PATIENCE_SECONDS) as socket:
                    self.there.clear()
                    self.connections += 1
                    for channel in CHANNELS:
                        await socket.send(json.dumps(self._asks(channel)))
                    async for text in socket:
                        self._hear(json.loads(text))
            except (OSError, ConnectionClosed, InvalidHandshake):
                await asyncio.sleep(random.random() / 2)

    def _asks(self, channel: str) -> dict[str, Any]:
        known = self.heard[channel]
        return {"op": "resume", "channel": channel, "seq": known[-1][1]} if known else {
            "op": "subscribe", "channel": channel
        }  # fmt: skip

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "subscribed":
            self.there.add(frame["channel"])
        if frame["type"] not in ("snapshot", "update"):
            return
        self.heard[frame["channel"]].append((frame["type"], frame["seq"]))
        if frame["channel"] == "trades":
            for trade in frame["data"]:
                self.states[trade["id"]].append(trade["state"])


async def until(true: Callable[[], bool], what: str, listeners: list[Listener]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, (
            what,
            Counter(tuple(states) for each in listeners for states in each.states.values()),
            Counter((each.connections > 1, *sorted(each.there)) for each in listeners),
        )
        await asyncio.sleep(0.05)


def place(person: Client, order: dict[str, Any]) -> None:
    """Orders again while a busy machine has no fresh price."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := person.ask("POST", ORDERS, order))[0] == 503:
        assert time.monotonic() < deadline, answer
        time.sleep(0.5)
    assert answer[0] == 201, answer


async def _play(platform: Platform) -> list[Listener]:
    people = await asyncio.to_thread(clients_of, platform)
    listeners = [Listener(platform.port, people[number % len(people)].token) for number in range(SOCKETS)]
    tasks = [asyncio.create_task(each.go_on()) for each in listeners]
    await until(
        lambda: all(each.heard[channel] for each in listeners for channel in CHANNELS), "the first states", listeners
    )
    for number in range(ORDERS_EACH):
        order = {"amount": 1, "direction": "up", "duration": 15, "client_order_id": f"order-{number}"}
        for person in people:
            await asyncio.to_thread(place, person, order)
    await until(lambda: all(len(each.states) == ORDERS_EACH for each in listeners), "the news of the orders", listeners)
    await asyncio.to_thread(platform.child("uvicorn").kill)
    await until(
        lambda: all(each.connections > 1 and len(each.there) == len(CHANNELS) for each in listeners),
        "the coming back",
        listeners,
    )
    ended = ["pending", "open", "settled"]
    await until(
        lambda: all(states == ended for each in listeners for states in each.states.values()),
        "the ends of the trades",
        listeners,
    )
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)  # a second cancel, at the loop's end, would leave them open
    return listeners


def test_a_killed_process_loses_and_repeats_nothing_for_200_clients(platform: Platform) -> None:
    platform.wait_for("Ready")
    for listener in asyncio.run(_play(platform)):
        assert listener.connections > 1
        for channel in CHANNELS:
            (first, begun), *news = listener.heard[channel]
            assert first == "snapshot"
            assert [kind for kind, _ in news] == ["update"] * len(news)
            began = begun + 1 if begun else news[0][1]  # of a busy Redis the number before may not be known
            assert [seq for _, seq in news] == list(range(began, began + len(news)))
        assert len(listener.states) == ORDERS_EACH
