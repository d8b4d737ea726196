from datetime import timedelta

import pytest
from django.utils import timezone

from trading.demo.history import make_history
from trading.demo.people import register
from trading.demo.plan import plan_demo
from trading.feeds.instruments import feed_instruments
from trading.services.instruments.seed_instruments import seed_instruments


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("late", [0, 1, 2, 3, 60])
def test_open_trades_have_a_fresh_price_however_long_the_past_took(late: int) -> None:
    """Two seconds after the last planned price nothing had recorded a newer one, and each order met a stale price."""
    seed_instruments()
    end = timezone.now().replace(microsecond=0) - timedelta(seconds=100)
    instruments = [item for item in feed_instruments() if item.tradable]
    symbols = [item.symbol for item in instruments]
    plan = plan_demo(users=2, trades=1, instruments=symbols, begin=end - timedelta(minutes=10), end=end)
    made = make_history(
        plan,
        register(plan, "correct-horse-1"),
        instruments,
        seed="7",
        clock=lambda: end + timedelta(seconds=late),
        tell=lambda _: None,
    )
    assert made.open >= len(instruments)
