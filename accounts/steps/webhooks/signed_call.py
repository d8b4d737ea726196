from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from standardwebhooks.webhooks import Webhook


@dataclass(frozen=True, slots=True)
class Call:
    """A message of a webhook to send; `at` is in its signature, so that a receiver can refuse an old one."""

    id: UUID
    url: str
    secret: str
    content: str
    at: datetime

    @property
    def body(self) -> bytes:
        return self.content.encode()

    @property
    def headers(self) -> dict[str, str]:
        """The headers of Standard Webhooks, with the signature."""
        signature = Webhook(self.secret).sign(f"msg_{self.id.hex}", self.at, self.content)
        return {
            "Content-Type": "application/json",
            "User-Agent": "cryptotrader-webhooks/1",
            "webhook-id": f"msg_{self.id.hex}",
            "webhook-timestamp": str(int(self.at.timestamp())),
            "webhook-signature": signature,
        }
