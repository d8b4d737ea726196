"""What may be staked: a trader's own limits come before the instrument's bounds."""

from typing import Any

import pytest

from cryptotrader.tests.support.node import in_node

pytestmark = pytest.mark.process

BOUNDS = """
    const { boundsOf, fullLimit } = await load("trading/bounds.js");
    const { write } = await load("core/money.js");
    const { least, most, by } = boundsOf(given.instrument, given.wallet, given.limits);
    return [write(least, 2), write(most, 2), by?.kind ?? null, fullLimit(given.wallet, given.limits)?.kind ?? null];
"""
INSTRUMENT = {"stake_min": "1.00", "stake_max": "1000.00"}
DEMO = {"demo": True, "currency": "USDT"}


def limit(kind: str, amount: str, left: str | None, **wallet: object) -> dict[str, object]:
    return {"kind": kind, "amount": amount, "left": left, "period_days": 0} | DEMO | wallet


@pytest.mark.parametrize(
    ("limits", "bounds"),
    [
        ([], ["1.00", "1000.00", None, None]),
        ([limit("stake", "50.00", None)], ["1.00", "50.00", "stake", None]),
        ([limit("stake", "50.00", None), limit("loss", "150.00", "20.00")], ["1.00", "20.00", "loss", None]),
        ([limit("turnover", "5000.00", "0.00")], ["1.00", "0.00", "turnover", None]),
        ([limit("loss", "5000.00", "4000.00")], ["1.00", "1000.00", None, None]),
        ([limit("stake", "50.00", None, demo=False)], ["1.00", "1000.00", None, None]),
        ([limit("open_trades", "3", "0")], ["1.00", "1000.00", None, "open_trades"]),
        ([limit("open_trades", "3", "1")], ["1.00", "1000.00", None, None]),
    ],
)
def test_the_tightest_own_limit_of_this_wallet_bounds_the_stake(limits: Any, bounds: Any) -> None:
    assert in_node(BOUNDS, {"instrument": INSTRUMENT, "wallet": DEMO, "limits": limits}) == bounds


def test_a_visitor_has_the_instruments_bounds() -> None:
    given = {"instrument": INSTRUMENT, "limits": [limit("stake", "50.00", None)]}
    assert in_node(BOUNDS, given) == ["1.00", "1000.00", None, None]
