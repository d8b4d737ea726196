"""What a drill under traffic calls fine."""

import pytest

from deploy.load.market import is_steady, steady_seed
from deploy.load.rehearse import LIMITS, all_is_kept, is_fine
from deploy.load.traffic import Counts
from trading.feeds.simulated import SimulatedFeed
from trading.tests.feeds.instruments import BTC, NOON, ScriptedFeed, after, index_series

FINE = {"exit": 0, **Counts(sent=20_000, orders={"key": "trade"}).summary()}


def test_a_drill_without_a_loss_is_fine() -> None:
    assert is_fine(FINE)


@pytest.mark.parametrize(
    "wrong",
    [{"exit": 1}, {"failed": 1}, {"prices lost": 1}, {"refused orders": {"not-authenticated": 732}}],
    ids=["a change that failed", "a request that failed", "a lost price", "orders that were no orders"],
)
def test_a_drill_with_a_loss_is_not(wrong: dict[str, object]) -> None:
    assert not is_fine({**FINE, **wrong})


KEPT = {
    **{"acknowledged": 2, "lost": 0, "doubled": 0, "stored without an answer": 1},
    **{"all settled": True, "ledger": 0, "breaks of the price chain": 0},
}


def test_orders_are_kept_when_each_acknowledged_one_is_a_trade_once() -> None:
    assert all_is_kept(KEPT)


@pytest.mark.parametrize(
    "wrong",
    [{"lost": 1}, {"doubled": 1}, {"all settled": False}, {"ledger": 1}, {"breaks of the price chain": 1}],
    ids=["lost", "doubled", "unsettled", "a wrong ledger", "a broken chain"],
)
def test_orders_are_not_kept_when_one_is_lost_or_the_books_are_not_whole(wrong: dict[str, object]) -> None:
    assert not all_is_kept({**KEPT, **wrong})


def test_one_sign_in_lasts_as_long_as_all_phases() -> None:
    assert LIMITS["JWT_ACCESS_EXPIRES_IN"] == "4h"


def test_the_market_of_a_drill_always_has_a_price() -> None:
    """Else it refuses orders at times, as real ones do, and a drill fails by chance."""
    feed = SimulatedFeed([BTC], seed=steady_seed(NOON.timestamp()))
    ticks = [tick for second in range(1200) for tick in feed.drain(after(second))]
    assert None not in index_series(ScriptedFeed(ticks), BTC, range(1200))
    assert not is_steady("any", NOON.timestamp())
