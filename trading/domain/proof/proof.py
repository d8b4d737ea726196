"""The content of a trade's proof (rule 11): signed in the form that REST answers; `reading.py` reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from accounts.domain.errors import Refusal, mark
from trading.domain.early_close import closing_second
from trading.domain.index import Conversion
from trading.domain.prices import PricePoint, Source, Tick, VenueInput
from trading.domain.proof.days import Day
from trading.domain.rules import Rules
from trading.domain.terms import Terms

VERSION = 1
"""The version of a proof's form; not of the rules."""

TYP = "trade-proof+jws"


class ProofUnreadable(ValueError):
    """The text isn't the proof of a settled trade that this program knows. The message names the fault."""


class SigningUnavailable(Refusal):
    code, status = "signing-unavailable", 503
    title = mark("Proofs and receipts can't be signed at the moment")


class Purpose(StrEnum):
    """The decision that a span of prices is for."""

    ENTRY = "entry"
    EXIT = "exit"
    SALE = "sale"


@dataclass(frozen=True, slots=True)
class Span:
    """The seconds from `since` to `until`, both included, that the rules look at."""

    purpose: Purpose
    since: datetime
    until: datetime


def spans(
    *,
    accepted_at: datetime,
    entry_at: datetime,
    expires_at: datetime,
    rules: Rules,
    asked_at: Sequence[datetime] = (),
    sold: bool = False,
) -> list[Span]:
    """The spans of all prices that decide a trade: entry, sales and exit.

    The entry's begins with the freshness at acceptance. Those of its close orders, given at `asked_at` (ascending),
    become one span where they overlap. The exit has none if a close order sold the trade.
    """
    entry = Span(Purpose.ENTRY, accepted_at - rules.price_age_max, entry_at + rules.entry_wait_max)
    exit_ = Span(Purpose.EXIT, expires_at - rules.look_back(expires_at - entry_at), expires_at)
    sales: list[Span] = []
    for since, until in (rules.looked_at_to_close(closing_second(at, rules)) for at in asked_at):
        overlaps = bool(sales) and since <= sales[-1].until
        sales.append(Span(Purpose.SALE, sales.pop().since if overlaps else since, until))
    return [entry, *sales] if sold else [entry, *sales, exit_]


@dataclass(frozen=True, slots=True)
class ProvenPrice:
    """An index price as the proof claims: `venues` as they are hashed, `ticks` as they are read."""

    instrument: str
    sequence: int
    priced_at: datetime
    price: Decimal
    source: str
    venues: Sequence[VenueInput]
    ticks: Sequence[Tick]
    rule_version: int
    pip: Decimal
    venues_min: int | None
    previous: str
    digest: str

    @property
    def point(self) -> PricePoint:
        return PricePoint(self.priced_at, self.price, self.source == Source.LIVE)

    @property
    def conversions(self) -> list[Conversion]:
        """The conversions that its quotes name, each once."""
        told: list[Any] = [venue["conversion"] for venue in self.venues if venue.get("conversion")]
        return list(dict.fromkeys(Conversion(t["instrument"], t["sequence"], Decimal(t["price"])) for t in told))


@dataclass(frozen=True, slots=True)
class ProvenWindow:
    """A piece of the chain: the prices of a span, and a neighbour at each end where no price lies on the border."""

    span: Span
    prices: Sequence[ProvenPrice]

    @property
    def inside(self) -> list[ProvenPrice]:
        """The prices without the neighbours, which decide nothing."""
        return [price for price in self.prices if self.span.since <= price.priced_at <= self.span.until]


@dataclass(frozen=True, slots=True)
class ProvenChain:
    """Pieces of one instrument's chain, and the days that they lead to."""

    instrument: str
    pieces: Sequence[Sequence[ProvenPrice]]
    days: Sequence[tuple[Day, str]]
    """Each day with the digest that the proof claims for it."""

    paths: Mapping[tuple[date, int], Sequence[str]]

    def has_later_prices(self, after: int) -> bool:
        """Whether the proof knows prices with a higher sequence number."""
        return any((day.last_sequence or 0) > after for day, _ in self.days) or any(
            price.sequence > after for piece in self.pieces for price in piece
        )


@dataclass(frozen=True, slots=True)
class ClaimedClose:
    """A close order of the trade and its result, as the proof claims."""

    state: str
    asked_at: datetime
    close_at: datetime
    min_price: Decimal | None
    lapse_reason: str | None
    offer: Decimal | None


@dataclass(frozen=True, slots=True)
class ClaimedSale:
    """The sale of the trade, as the proof claims."""

    amount: Decimal | None
    price: Decimal | None
    priced_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedResult:
    """The end of the trade, as the proof claims."""

    outcome: str
    void_reason: str | None
    entry_price: Decimal | None
    exit_price: Decimal | None
    exit_samples: int | None
    profit: Decimal
    settled_at: datetime
    sale: ClaimedSale | None
    closes: Sequence[ClaimedClose]
    """In the order in which they were given."""

    shows_latest_close: bool
    """Whether the trade itself shows the last close order."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The order of the trade or one of its close orders, as the proof claims it, with its receipt."""

    name: str
    receipt: str | None
    """None: the platform signed none then."""

    told: Mapping[str, Any]
    """Members that the receipt must have, with these values."""

    accepted_at: datetime
    decided_from: datetime
    """The first second whose price may decide it: nobody knew this price."""


@dataclass(frozen=True, slots=True)
class Proof:
    """All data that decides the trade again."""

    trade_id: str
    issued_at: datetime
    instrument: str
    terms: Terms
    payout: Decimal
    demo: bool
    claimed: ClaimedResult
    correction: Decimal | None
    correction_reason: str
    windows: Sequence[ProvenWindow]
    days: Sequence[tuple[Day, str]]
    paths: Mapping[tuple[date, int], Sequence[str]]
    conversions: Sequence[ProvenChain]
    """The chains that converted the quotes in the windows."""

    acceptances: Sequence[Acceptance]
    """That of the order, and those of its close orders."""

    @property
    def chain(self) -> ProvenChain:
        """The chain of the trade's own instrument."""
        return ProvenChain(self.instrument, [window.prices for window in self.windows], self.days, self.paths)
