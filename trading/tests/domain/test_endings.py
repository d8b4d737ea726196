"""The effect of each result on the money of its trade (rules 7 and 9)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.ledger.transfers import Phase, TransferKind
from trading.domain.endings import ENDINGS
from trading.domain.settlement import Result

STAKE, PAYOUT, SALE = Decimal("10.10"), Decimal("18.68"), Decimal("4.20")

amounts = st.decimals(Decimal("0.01"), 10**9, places=2)


@pytest.mark.parametrize(
    ("result", "stake_phase", "paid_as", "profit"),
    [
        (Result.WON, Phase.VOID, TransferKind.PAYOUT, "8.58"),
        (Result.LOST, Phase.POST, None, "-10.10"),
        (Result.TIED, Phase.VOID, None, "0"),
        (Result.VOIDED, Phase.VOID, None, "0"),
        (Result.SOLD, Phase.POST, TransferKind.SALE, "-5.90"),
    ],
)
def test_each_result_has_its_end(result: Result, stake_phase: Phase, paid_as: TransferKind | None, profit: str) -> None:
    ending = ENDINGS[result]

    assert (ending.stake_phase, ending.paid_as) == (stake_phase, paid_as)
    assert ending.profit(stake=STAKE, payout=PAYOUT, sale=SALE) == Decimal(profit)


def test_there_is_an_end_for_every_result() -> None:
    assert set(ENDINGS) == set(Result)


@given(stake=amounts, gain=amounts, part=st.integers(0, 99))
def test_nobody_loses_more_than_the_stake_or_gains_more_than_the_payout(
    stake: Decimal, gain: Decimal, part: int
) -> None:
    payout = stake + gain
    for ending in ENDINGS.values():
        assert -stake <= ending.profit(stake=stake, payout=payout, sale=payout * part / 100) <= gain
