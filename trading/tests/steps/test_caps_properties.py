"""In any history of a market, an order is accepted exactly when it fits under the caps, counted from the trades."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.tests.cast import NOON
from trading.domain.caps import CapacityReached
from trading.models import FlashTrade, Instrument
from trading.selectors.liability import liability_faults
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.caps import cap
from trading.tests.cast import Stage, Trader, trader

NUMBERS = count()

EVENTS = st.one_of(
    st.tuples(st.just("order"), st.integers(0, 2), st.sampled_from([1, 7, 40, 100]), st.sampled_from([15, 60])),
    st.tuples(st.just("order"), st.integers(0, 2), st.sampled_from([1, 7, 40, 100]), st.sampled_from([15, 60])),
    st.tuples(st.just("cap"), st.none() | st.sampled_from([0, 50, 200]), st.none() | st.sampled_from([0, 30, 100])),
    st.tuples(st.just("wait"), st.sampled_from([1, 16, 70, 400])),
)


class History:
    """Three people and one market; each step adds up the house's liability from the trades."""

    def __init__(self) -> None:
        number = next(NUMBERS)
        symbol = f"R{number}-USDT"
        self.instrument = Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[15, 60])
        self.stage, self.now = Stage(self.instrument), NOON
        self.people = [trader(f"capped{number}-{n}") for n in range(3)]
        self.stage.price(self.now, "60000.00")

    def live(self, event: tuple[object, ...]) -> None:
        match event:
            case ("order", int(who), stake, int(seconds)):
                self.order(self.people[who], str(stake), seconds)
            case ("cap", total, bucket):
                cap(self.stage, liability_max=total, bucket_liability_max=bucket)
            case ("wait", int(seconds)):
                self.now += timedelta(seconds=seconds)
                self.stage.price(self.now, "60000.00")
                settle_due_trades(instrument=self.instrument.symbol, now=self.now)
        assert liability_faults() == []

    def order(self, who: Trader, stake: str, seconds: int) -> None:
        before = self.owed(), self.owed(self.now + timedelta(seconds=1 + seconds))
        more = (Decimal(stake) * Decimal("0.85")).quantize(Decimal("0.01"))
        self.instrument.refresh_from_db()
        caps = self.instrument.liability_max, self.instrument.bucket_liability_max
        fits = all(most is None or owed + more <= most for owed, most in zip(before, caps, strict=True))
        try:
            who.place(at=self.now, stake=stake, seconds=seconds, symbol=self.instrument.symbol)
            assert fits
        except CapacityReached:
            assert not fits

    def owed(self, expiry: datetime | None = None) -> Decimal:
        trades = FlashTrade.objects.filter(instrument=self.instrument).exclude(state="settled")
        minute = expiry.replace(second=0) if expiry else None
        return sum(
            (t.payout - t.stake for t in trades if minute is None or t.expires_at.replace(second=0) == minute),
            Decimal(0),
        )


@pytest.mark.long
@given(events=st.lists(EVENTS, min_size=5, max_size=25))
@settings(max_examples=12)
def test_an_order_is_accepted_exactly_when_it_fits(db: None, events: list[tuple[object, ...]]) -> None:
    history = History()
    for event in events:
        history.live(event)
