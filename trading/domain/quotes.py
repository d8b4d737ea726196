"""Quotes (rule 2): a signed offer that holds for some seconds. Nothing is stored; the order brings the quote along."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.domain.errors import FieldError, Refusal, mark
from accounts.domain.notation import parse_instant, write_decimal, write_instant
from trading.domain.rules import rules_of
from trading.domain.terms import Direction, PayoutOffer

FORMAT = "1"
"""The version of the signed facts' form."""

BOOKS = {"demo": True, "real": False}


class InvalidQuote(Refusal):
    code, status = "invalid-quote", 400
    title = mark("This quote is not valid for this order")


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """The contract that a trader wants a quote for, or orders."""

    instrument: str
    direction: Direction
    duration_seconds: int
    demo: bool = True


@dataclass(frozen=True, slots=True)
class Quote:
    """The offer for a request. The house keeps to it until it expires."""

    request: QuoteRequest
    offer: PayoutOffer
    rule_version: int
    issued_at: datetime

    @property
    def expires_at(self) -> datetime:
        """The last moment at which the house keeps to it."""
        return self.issued_at + rules_of(self.rule_version).quote_life

    @property
    def facts(self) -> list[str]:
        """All content of the quote: it is signed, and tells orders with different quotes apart."""
        request, offer = self.request, self.offer
        return [
            FORMAT,
            request.instrument,
            request.direction,
            str(request.duration_seconds),
            "demo" if request.demo else "real",
            write_decimal(offer.base),
            write_decimal(offer.rate_skew),
            str(offer.version),
            str(self.rule_version),
            write_instant(self.issued_at),
        ]

    def check(self, request: QuoteRequest, rule_version: int) -> None:
        """Check that the quote is for this request, and under the rules in force. Raises InvalidQuote."""
        quoted = self.request
        pairs = {
            "instrument": quoted.instrument == request.instrument,
            "direction": quoted.direction == request.direction,
            "duration": quoted.duration_seconds == request.duration_seconds,
            "demo": quoted.demo == request.demo,
        }
        faults = tuple(FieldError(name, "not-as-quoted", "not as quoted") for name, ok in pairs.items() if not ok)
        if faults:
            raise InvalidQuote("The quote is for another order", fields=faults)
        if self.rule_version != rule_version:
            raise InvalidQuote(f"The rules have changed since: version {rule_version}")


def read_facts(facts: Sequence[str]) -> Quote:
    """The quote with these facts. Raises InvalidQuote for an unknown format."""
    if not facts or facts[0] != FORMAT:
        raise InvalidQuote("Ask for a new quote")
    _format, instrument, direction, duration, book, base, rate_skew, version, rule_version, issued_at = facts
    issued = parse_instant(issued_at)
    if issued is None:
        raise InvalidQuote("Ask for a new quote")
    request = QuoteRequest(instrument, Direction(direction), int(duration), BOOKS[book])
    return Quote(request, PayoutOffer(Decimal(base), Decimal(rate_skew), int(version)), int(rule_version), issued)


def bind(
    offer: PayoutOffer, quote: Quote | None, min_payout_rate: Decimal | None, *, now: datetime
) -> tuple[PayoutOffer, Decimal | None]:
    """The offer that an order is taken at, and the least rate that the order accepts, given the offer at `now`.

    A quote is a promise until it expires. After that it only protects its holder: no rate below it is taken.
    """
    if quote is None:
        return offer, min_payout_rate
    if now <= quote.expires_at:
        return quote.offer, min_payout_rate
    return offer, max(quote.offer.rate, min_payout_rate or quote.offer.rate)
