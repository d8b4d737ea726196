"""Rule 11: what the proof of a trade holds. It is written as REST answers it, and signed; `reading_proofs` reads it."""

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
"""Of the shape of a proof; not of the rules."""

TYP = "trade-proof+jws"


class ProofUnreadable(ValueError):
    """Not the proof of a settled trade that this program knows. The text says what is wrong."""


class SigningUnavailable(Refusal):
    code, status = "signing-unavailable", 503
    title = mark("Proofs can't be signed at the moment")


class Purpose(StrEnum):
    """What the rules look at a span of prices for."""

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
    """All prices that decide about a trade: from the freshness at acceptance to its entry; what its close orders of
    `asked_at` (ascending) were decided by, in one span where they overlap; and its exit, unless one of them sold it."""
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
        """What its quotes say that they were converted by, each once."""
        told: list[Any] = [venue["conversion"] for venue in self.venues if venue.get("conversion")]
        return list(dict.fromkeys(Conversion(t["instrument"], t["sequence"], Decimal(t["price"])) for t in told))


@dataclass(frozen=True, slots=True)
class ProvenWindow:
    """A piece of the chain: the prices of a span, and its neighbours where it doesn't begin or end with one."""

    span: Span
    prices: Sequence[ProvenPrice]

    @property
    def inside(self) -> list[ProvenPrice]:
        """Without the neighbours, which decide nothing."""
        return [price for price in self.prices if self.span.since <= price.priced_at <= self.span.until]


@dataclass(frozen=True, slots=True)
class ProvenChain:
    """Pieces of one instrument's chain, and the days that they lead to."""

    instrument: str
    pieces: Sequence[Sequence[ProvenPrice]]
    days: Sequence[tuple[Day, str]]
    """Each day with the digest that it is told to have."""

    paths: Mapping[tuple[date, int], Sequence[str]]

    def has_later_prices(self, after: int) -> bool:
        """Whether prices with a higher number are known of."""
        return any((day.last_sequence or 0) > after for day, _ in self.days) or any(
            price.sequence > after for piece in self.pieces for price in piece
        )


@dataclass(frozen=True, slots=True)
class ClaimedClose:
    """A close order of the trade, and what became of it, as the proof claims."""

    state: str
    asked_at: datetime
    close_at: datetime
    min_price: Decimal | None
    lapse_reason: str | None
    offer: Decimal | None


@dataclass(frozen=True, slots=True)
class ClaimedSale:
    """What the trade was sold for, as the proof claims."""

    amount: Decimal | None
    price: Decimal | None
    priced_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedResult:
    """How the trade ended, as the proof claims."""

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
    """Whether the trade itself shows the last of them."""


@dataclass(frozen=True, slots=True)
class Proof:
    """All that is needed to decide the trade again."""

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
    """What the quotes in the windows were converted by."""

    @property
    def chain(self) -> ProvenChain:
        """That of the trade's own instrument."""
        return ProvenChain(self.instrument, [window.prices for window in self.windows], self.days, self.paths)
