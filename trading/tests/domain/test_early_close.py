"""What a page asks for when it shows an offer."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.money import SCALES
from accounts.domain.notation import places
from trading.domain.early_close import SaleOffer
from trading.domain.prices import PricePoint

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POINT = PricePoint(NOON, Decimal(60000))


@given(st.sampled_from(sorted(SCALES)), st.integers(1, 10**14))
def test_nobody_sells_for_less_than_the_price_shown_less_2_percent(currency: str, units: int) -> None:
    amount = Decimal(units).scaleb(-SCALES[currency])
    least = SaleOffer(amount, POINT, NOON).min_price
    assert Decimal("0.98") * amount <= least <= amount
    assert places(least) <= SCALES[currency]
