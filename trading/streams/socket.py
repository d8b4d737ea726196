"""What every socket does in another way than Channels."""

from contextlib import suppress
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from trading.metrics import count_close


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle a message of the server, without Channels' visit to the one thread that all requests share."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """The same for the last message."""
        count_close(message["code"])
        await self.disconnect(message["code"])
        raise StopConsumer

    closing = False

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close once, with one of our codes, as a plain number: under daphne a member of an enumeration is an error."""
        if not self.closing:
            self.closing = True
            with suppress(OSError):  # the client has gone
                await super().close(None if code is None else int(code), reason=reason)
