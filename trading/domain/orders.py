"""An order, the same from every door."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.domain.notation import write_decimal
from trading.domain.quotes import Quote, QuoteRequest
from trading.domain.terms import Direction


@dataclass(frozen=True, slots=True)
class Order:
    """A trader's order. The client chooses `idempotency_key`; it names this one order for ever.

    `quote` has a verified signature: the code that builds the order checks it. `session_started_at` is the sign-in time
    of the session that sends the order; None for an API key.
    """

    user_id: int
    idempotency_key: str
    instrument: str
    direction: Direction
    stake: Decimal
    duration_seconds: int
    min_payout_rate: Decimal | None = None
    demo: bool = True
    session_started_at: datetime | None = None
    quote: Quote | None = None

    @property
    def quote_request(self) -> QuoteRequest:
        """The quote request that this order corresponds to."""
        return QuoteRequest(self.instrument, self.direction, self.duration_seconds, self.demo)

    @property
    def digest(self) -> str:
        """SHA-256 over the order's content. 100, "100" and 100.00 have the same digest."""
        asked = (
            self.instrument,
            self.direction,
            write_decimal(self.stake),
            str(self.duration_seconds),
            "" if self.min_payout_rate is None else write_decimal(self.min_payout_rate),
            "demo" if self.demo else "real",
            *(self.quote.facts if self.quote else ()),
        )
        return hashlib.sha256("\n".join(asked).encode()).hexdigest()
