"""An order as every door hands it over."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.domain.notation import write_decimal
from trading.domain.quotes import Quote, QuoteRequest
from trading.domain.terms import Direction


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants: `idempotency_key` is theirs, and names this one order for ever.

    `quote` is one of ours: whoever makes an order with it has checked its signature.
    `session_started_at` is when they signed in to the session that the order comes in; None for an API key.
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
        """That which a quote can be had for."""
        return QuoteRequest(self.instrument, self.direction, self.duration_seconds, self.demo)

    @property
    def digest(self) -> str:
        """SHA-256 over what was asked for: 100, "100" and 100.00 ask for the same."""
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
