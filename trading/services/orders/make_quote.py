from dataclasses import dataclass
from datetime import datetime

from django.core.signing import Signer

from trading.domain.orders import check_offered
from trading.domain.quotes import Quote, QuoteRequest
from trading.domain.terms import PayoutOffer
from trading.selectors.listings import Listing, listing
from trading.steps.market_of import market_of
from trading.steps.offer_payouts import PayoutOffers

SALT = "trading.quotes"
"""The key of quotes derives from SECRET_KEY and this, so no other signature of the site passes for a quote."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote with its signed text, and its instrument."""

    quote: Quote
    token: str
    listing: Listing


def make_quote(request: QuoteRequest, *, now: datetime) -> Quoted:
    """Make a quote for a request, and sign it. It is the same for everybody, and nothing is stored.

    Raises UnknownInstrument, InstrumentClosed or DurationNotOffered.
    """
    found = listing(request.instrument, now)
    check_offered(market_of(found), request.duration_seconds)
    return quote_of(found, request, PayoutOffers([found]).offer(found, request), now)


def quote_of(found: Listing, request: QuoteRequest, offer: PayoutOffer, now: datetime) -> Quoted:
    """An offer as a signed quote."""
    quote = Quote(request, offer, market_of(found).rule_version, now)
    return Quoted(quote, Signer(salt=SALT).sign_object(quote.facts), found)
