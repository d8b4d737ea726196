"""Reads, orders and sockets as clients send them, and the count of those that failed."""

import asyncio
import json
import ssl
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import websockets

READS = ("/api/v1/instruments", "/api/v1/time", "/api/v1/wallets", "/api/v1/limits", "/")
RESTART = 1012
PATIENCE_SECONDS = 30.0


@dataclass
class Counts:
    """What happened. A request that met the end of an idle connection is sent again, as browsers do."""

    sent: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    sent_again: int = 0
    orders: dict[str, str] = field(default_factory=dict)
    """The id of the trade by the idempotency key of the order that was acknowledged."""
    refused: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    prices: int = 0
    lost_prices: int = 0
    silent_seconds_max: float = 0.0

    def summary(self) -> dict[str, Any]:
        """Returns the counts as plain values."""
        return {
            "requests": self.sent,
            "failed": sum(self.failed.values()),
            "failures": dict(self.failed),
            "sent again after an idle connection": self.sent_again,
            "orders": len(self.orders),
            "refused orders": dict(self.refused),
            "sockets closed": {str(code): count for code, count in self.closes.items()},
            "prices": self.prices,
            "prices lost": self.lost_prices,
            "longest silence of a socket, s": round(self.silent_seconds_max, 1),
        }


class Traffic:
    """Clients of one site, until `stop` is set."""

    def __init__(self, url: str, context: ssl.SSLContext, token: str, *, readers: int, traders: int, sockets: int):
        self.url, self._context, self._token = url, context, token
        self._many = {self._read: readers, self._trade: traders, self._listen: sockets}
        self.counts = Counts()
        self.stop = asyncio.Event()

    async def run(self) -> None:
        """Runs all clients until `stop`."""
        async with asyncio.TaskGroup() as group:
            for client, many in self._many.items():
                for number in range(many):
                    group.create_task(client(number))

    def _client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self._token}"}
        return httpx.AsyncClient(base_url=self.url, verify=self._context, headers=headers, timeout=PATIENCE_SECONDS)

    async def _read(self, number: int) -> None:
        async with self._client() as client:
            while not self.stop.is_set():
                path = READS[number % len(READS)]
                number += 1
                await self._send(partial(client.get, path))

    async def _trade(self, _: int) -> None:
        async with self._client() as client:
            while not self.stop.is_set():
                key = str(uuid4())
                order = {"instrument": "BTC-USDT", "amount": "1.00", "direction": "up", "duration": 15, "demo": True}
                headers = {"Idempotency-Key": key}
                answer = await self._send(partial(client.post, "/api/v1/flash-trades", json=order, headers=headers))
                if answer is None:
                    continue
                if answer.status_code == httpx.codes.CREATED:
                    self.counts.orders[key] = answer.json()["id"]
                    continue
                if answer.is_client_error:
                    self.counts.refused[answer.json().get("code", "?")] += 1
                await asyncio.sleep(0.2)  # as `Retry-After` asks: refusals come fast, and would be most of the count

    async def _send(self, send: Callable[[], Any]) -> httpx.Response | None:
        self.counts.sent += 1
        for attempt in range(2):
            try:
                answer: httpx.Response = await send()
            # The idle connection ended, or was reset, as this request was on its way.
            except (httpx.RemoteProtocolError, httpx.ReadError) as error:
                if attempt:
                    self.counts.failed[type(error).__name__] += 1
                    return None
                self.counts.sent_again += 1
            except httpx.HTTPError as error:
                self.counts.failed[type(error).__name__] += 1
                return None
            else:
                if answer.is_server_error:
                    self.counts.failed[_kind(answer)] += 1
                return answer
        return None

    async def _listen(self, _: int) -> None:
        last: int | None = None
        heard = time.monotonic()
        parts = urlsplit(self.url)
        while not self.stop.is_set():
            with suppress(OSError, websockets.InvalidHandshake, TimeoutError, websockets.ConnectionClosed):
                async with websockets.connect(
                    f"wss://{parts.netloc}/ws/v1",
                    ssl=self._context,
                    additional_headers={"Authorization": f"Bearer {self._token}"},
                ) as socket:
                    op = {"op": "subscribe"} if last is None else {"op": "resume", "seq": last}
                    await socket.send(json.dumps({**op, "id": 1, "channel": "prices.BTC-USDT"}))
                    try:
                        while not self.stop.is_set():
                            frame = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS))
                            if frame["type"] in ("snapshot", "update"):
                                last = self._hear(frame, last)
                                self.counts.silent_seconds_max = max(
                                    self.counts.silent_seconds_max, time.monotonic() - heard
                                )
                                heard = time.monotonic()
                    except websockets.ConnectionClosed as closed:
                        self.counts.closes[closed.rcvd.code if closed.rcvd else 1006] += 1
            await asyncio.sleep(0.3)

    def _hear(self, frame: dict[str, Any], last: int | None) -> int:
        """Counts the prices of a frame, and those that are missing between the last one and it."""
        data = frame["data"]
        prices = data if isinstance(data, list) else [data]
        seq: int = frame["seq"]
        self.counts.prices += len(prices)
        if last is not None and seq > last and frame["type"] == "update":
            self.counts.lost_prices += max(0, seq - last - len(prices))
        elif last is not None and frame["type"] == "snapshot" and seq > last + 300:
            self.counts.lost_prices += seq - last
        return max(seq, last or 0)


def _kind(answer: httpx.Response) -> str:
    """The status, and the code of a problem document: a market without a fresh price refuses orders with 503 too."""
    with suppress(ValueError, AttributeError):
        return f"{answer.status_code} {answer.json().get('code', '')}".strip()
    return str(answer.status_code)
