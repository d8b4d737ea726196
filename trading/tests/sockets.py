"""A client of the stream."""

import json
from typing import Any

from channels.testing import WebsocketCommunicator

from accounts.tests.patience import PATIENCE_SECONDS
from trading.streams.routing import websocket


class Client:
    """A program at the other end of the socket."""

    def __init__(self, **headers: str) -> None:
        pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.socket = WebsocketCommunicator(websocket, "/ws/v1", headers=[(b"host", b"testserver"), *pairs])

    async def connect(self) -> bool:
        connected, _ = await self.socket.connect(timeout=PATIENCE_SECONDS)
        return bool(connected)

    async def say(self, **message: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next frame but those that come by the clock: on a busy machine one comes in the middle of a test."""
        while True:
            frame = dict(json.loads(await self.socket.receive_from(timeout=PATIENCE_SECONDS)))
            if frame["type"] != "heartbeat":
                return frame

    async def subscribe(self, channel: str) -> dict[str, Any]:
        """Subscribe; returns the snapshot."""
        await self.say(op="subscribe", id=7, channel=channel)
        assert await self.hear() == {"type": "subscribed", "id": 7, "channel": channel}
        return await self.hear()

    async def closed(self) -> tuple[int, str]:
        """The code and the reason of the server's close, after any frames."""
        while True:
            output = await self.socket.receive_output(timeout=PATIENCE_SECONDS)
            if output["type"] == "websocket.close":
                return output["code"], output["reason"]
