"""What a win would gain at this moment, for any instrument, direction, duration and book."""

from collections.abc import Iterable
from decimal import Decimal

from trading.domain.quotes import Wish
from trading.domain.terms import Offer
from trading.selectors.liability import imbalances
from trading.selectors.listings import Listing


class Offers:
    """The offers of one moment: no query, and one for all instruments whose payouts are skewed."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        skewed = [each.instrument.pk for each in listings if each.payouts.skew_max]
        self.imbalances = imbalances(skewed)

    def offer(self, listing: Listing, wish: Wish) -> Offer:
        """What this wish would get."""
        imbalance = self.imbalances.get((listing.instrument.pk, wish.demo), Decimal(0))
        return listing.payouts.offer(wish.direction, wish.duration_seconds, imbalance=imbalance)
