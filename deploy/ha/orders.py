"""Orders as careful clients send them: one that wasn't answered is sent again with the same Idempotency-Key."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import websockets

PATH = "/api/v1/flash-trades"
ORDER = {"instrument": "BTC-USDT", "amount": "1.00", "direction": "up", "duration": 15, "demo": True}
PATIENCE_SECONDS = 5.0
"""A client waits so long for an answer, then it asks another server."""
AGAIN_SECONDS = 0.2
LAST_SECONDS = 30.0
"""So long an order that is under way at the end may still be repeated."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An order that was answered with its trade. Times are Unix seconds."""

    person: int
    key: str
    trade: str
    sent: float
    """When the try began that was answered."""
    answered: float
    tries: int


@dataclass
class Told:
    """What the clients saw."""

    orders: list[Acknowledged] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)
    """Tries that were not answered with a trade: when, and why."""
    unanswered: list[tuple[int, str]] = field(default_factory=list)
    """Orders that were never answered: person and key."""
    prices: list[float] = field(default_factory=list)
    """When the socket heard prices."""


class Orders(threading.Thread):
    """Traders on all servers in turn, and a socket. It runs beside the main thread until `end`."""

    def __init__(self, urls: Sequence[str], people: Sequence[tuple[str, str]], pause_seconds: float) -> None:
        super().__init__(name="orders", daemon=True)
        self._urls, self._pause_seconds = urls, pause_seconds
        self._tokens = [_token(urls[0], *person) for person in people]
        self._ending = threading.Event()
        self.told = Told()

    def run(self) -> None:
        asyncio.run(self._run())

    def end(self) -> None:
        """Lets the orders under way be answered, and ends."""
        self._ending.set()
        self.join(LAST_SECONDS + 4 * PATIENCE_SECONDS)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for person in range(len(self._tokens)):
                group.create_task(self._trade(person))
            group.create_task(self._listen())

    async def _trade(self, person: int) -> None:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
            while not self._ending.is_set():
                await self._order(client, person, str(uuid4()))
                await asyncio.sleep(self._pause_seconds)

    async def _order(self, client: httpx.AsyncClient, person: int, key: str) -> None:
        tries, ended = 0, None
        while ended is None or time.time() < ended + LAST_SECONDS:
            url = self._urls[(person + tries) % len(self._urls)]
            tries += 1
            sent = time.time()
            trade, why = await send(client, url, self._tokens[person], key)
            if trade is not None:
                self.told.orders.append(Acknowledged(person, key, trade, sent, time.time(), tries))
                return
            self.told.failures.append((sent, why))
            await asyncio.sleep(AGAIN_SECONDS)
            if self._ending.is_set() and ended is None:
                ended = time.time()
        self.told.unanswered.append((person, key))

    async def _listen(self) -> None:
        url = self._urls[1].replace("http", "ws") + "/ws/v1"
        while not self._ending.is_set():
            with suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(url) as socket:
                    await socket.send(json.dumps({"op": "subscribe", "channel": f"prices.{ORDER['instrument']}"}))
                    while not self._ending.is_set():
                        frame = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
                        if frame["type"] == "update":
                            self.told.prices.append(time.time())
            await asyncio.sleep(AGAIN_SECONDS)

    def send_all_again(self) -> dict[str, int]:
        """Sends each acknowledged order once more with its key: the answer must name the same trade.

        Returns the number of answers that agree, of other trades, and of other answers.
        """
        return asyncio.run(self._send_all_again())

    async def _send_all_again(self) -> dict[str, int]:
        counts: Counter[str] = Counter(same=0, other=0, failed=0)
        left = list(self.told.orders)

        async def work() -> None:
            async with httpx.AsyncClient(timeout=60) as client:
                while left:
                    order = left.pop()
                    trade, _ = await send(client, self._urls[len(left) % 2], self._tokens[order.person], order.key)
                    counts["failed" if trade is None else "same" if trade == order.trade else "other"] += 1

        await asyncio.gather(*(work() for _ in range(4)))
        return dict(counts)


async def send(client: httpx.AsyncClient, url: str, token: str, key: str) -> tuple[str | None, str]:
    """Sends an order once. Returns the id of its trade; or None, and why there is none."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    try:
        answer = await client.post(url + PATH, json=ORDER, headers=headers)
        body: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        return None, type(error).__name__
    if answer.is_success:
        return str(body["id"]), ""
    return None, f"{answer.status_code} {body.get('code', '')}".strip()


def _token(url: str, email: str, password: str) -> str:
    answer = httpx.post(f"{url}/api/v1/auth/token", json={"email": email, "password": password}, timeout=60)
    return str(answer.raise_for_status().json()["access"])
