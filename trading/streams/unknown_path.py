from typing import Any

from trading.streams.protocol import Close
from trading.streams.socket import Socket


class UnknownPath(Socket):
    """Any other address: closed with a reason instead of a server error."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(Close.UNKNOWN_PATH, reason="there is only /ws/v1")

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """Ignore all messages."""
