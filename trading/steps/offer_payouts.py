"""Offers payout rates at this moment, for any instrument, direction, duration and book."""

from collections.abc import Iterable
from decimal import Decimal

from trading.domain.quotes import QuoteRequest
from trading.domain.terms import PayoutOffer
from trading.selectors.liability import imbalances
from trading.selectors.listings import Listing


class PayoutOffers:
    """The offers of one moment: no query, and one for all instruments whose payouts are skewed."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        skewed = [each.instrument.pk for each in listings if each.payouts.rate_skew_max]
        self.imbalances = imbalances(skewed)

    def offer(self, listing: Listing, request: QuoteRequest) -> PayoutOffer:
        """The offer for this request."""
        imbalance = self.imbalances.get((listing.instrument.pk, request.demo), Decimal(0))
        return listing.payouts.offer(request.direction, request.duration_seconds, imbalance=imbalance)
