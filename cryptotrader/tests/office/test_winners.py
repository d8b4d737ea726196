from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.tests.cast import NOON
from trading.selectors.office.trader_results import TraderResult, trader_results
from trading.selectors.office.winners import winners_today
from trading.tests.cast import Stage, Trader
from trading.tests.voids import Staff, settled

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_wins_most_is_told_of_the_day(market: Stage, ann: Trader) -> None:
    ann.place(stake="40", seconds=300)
    ann.place(stake="100")
    settled(market, "60001.00")
    (best,) = winners_today(NOON + timedelta(hours=11), limit=5)
    assert (best.email, best.demo, best.trades, best.profit) == ("ann@example.com", True, 1, 85)
    assert winners_today(NOON + timedelta(hours=12), limit=5) == []


def test_a_void_takes_a_trade_out_of_the_results(market: Stage, ann: Trader) -> None:
    ann.place(stake="40")
    won = ann.place(stake="100")
    settled(market, "60001.00")
    Staff().void(won.pk)
    at = NOON + timedelta(hours=2)
    (best,) = winners_today(at, limit=5)
    assert best.profit == 34
    expected = TraderResult(demo=True, currency="USDT", trades=2, won=1, staked=Decimal(140), profit=Decimal(34))
    assert trader_results(ann.user.pk, days=30, now=at).rows == [expected]
