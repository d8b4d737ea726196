from datetime import timedelta

import pytest

from accounts.tests.cast import NOON
from trading.selectors.office.winners import winners_today
from trading.tests.cast import Stage, Trader
from trading.tests.voids import settled

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_wins_most_is_told_of_the_day(market: Stage, ann: Trader) -> None:
    ann.place(stake="40", seconds=300)
    ann.place(stake="100")
    settled(market, "60001.00")
    (best,) = winners_today(NOON + timedelta(hours=11), limit=5)
    assert (best.email, best.demo, best.trades, best.profit) == ("ann@example.com", True, 1, 85)
    assert winners_today(NOON + timedelta(hours=12), limit=5) == []
