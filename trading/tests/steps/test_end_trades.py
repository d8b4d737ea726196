"""For every result, the database moves the money that the domain computes, and books the profit that it computes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.identity import new_id
from accounts.domain.money import round_down
from accounts.models import Transfer
from accounts.reconciliation import Fault
from accounts.tests.cast import NOON, standing
from trading.domain.early_close import Decided
from trading.domain.endings import ENDINGS
from trading.domain.orders import Order
from trading.domain.prices import PricePoint
from trading.domain.settlement import Outcome, Result, VoidReason, Window
from trading.domain.terms import Direction
from trading.models import CloseOrder, FlashTrade, Instrument
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.settlement import settle_due_trades as settling
from trading.steps.decide_closes import end_closes
from trading.tests.cast import Stage, Trader, trader
from trading.tests.closing import book_faults

NUMBERS = count()
SHORTEST = 15
ENTRY = PricePoint(NOON + timedelta(seconds=1), Decimal("60000.00"))
SOLD_AT = PricePoint(NOON + timedelta(seconds=5), Decimal("60001.00"))

STAKES = st.sampled_from(["0.01", "0.02", "0.07", "1", "9.99", "123.45"])
"""0.01 returns 0.01 when it wins: such a win gains nothing, and so has no payout. It has no sale either."""

RESULTS = st.sampled_from([result for result in Result if result is not Result.SOLD])
PLANS = st.lists(
    st.tuples(RESULTS, STAKES, st.just(0))
    | st.tuples(st.just(Result.SOLD), STAKES.filter(lambda stake: stake != "0.01"), st.integers(1, 99)),
    min_size=1,
    max_size=12,
)
"""Each trade's result, its stake, and the percentage of its payout at which it is sold, if it is."""


@dataclass
class Ended:
    """A trade, its intended result, and the sale if it was sold."""

    trade: FlashTrade
    result: Result
    sale: Decimal

    @property
    def window(self) -> Window:
        trade = self.trade
        direction = Direction(trade.direction)
        return Window(direction, trade.entry_at, trade.expires_at, trade.instrument.pip, trade.demo, trade.rule_version)

    @property
    def outcome(self) -> Outcome:
        if self.result is Result.VOIDED:
            return Outcome(self.result, entry=ENTRY, void_reason=VoidReason.NO_EXIT_PRICE)
        return Outcome(self.result, entry=ENTRY, exit_price=Decimal("60001.00"), exit_samples=1)

    @property
    def transfers(self) -> list[tuple[str, str, Decimal]]:
        """Kind, phase and amount of the transfers after the opening, written out by hand."""
        trade = self.trade
        gain = trade.payout - trade.stake
        won = [("stake", "void", trade.stake)] + [("payout", "single", gain)] * bool(gain)
        return {
            Result.WON: won,
            Result.LOST: [("stake", "post", trade.stake)],
            Result.TIED: [("stake", "void", trade.stake)],
            Result.VOIDED: [("stake", "void", trade.stake)],
            Result.SOLD: [("stake", "post", trade.stake), ("sale", "single", self.sale)],
        }[self.result]


def opened(plans: Sequence[tuple[Result, str, int]]) -> tuple[Stage, Trader, list[Ended]]:
    """A market with these open trades, each with its own duration, so that each is decided by itself."""
    number = next(NUMBERS)
    durations = [SHORTEST + n for n in range(len(plans))]
    symbol = f"E{number}-USDT"
    stage = Stage(
        Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=durations, stake_min=Decimal("0.01"))
    )
    stage.price(NOON, "60000.00")
    owner = trader(f"ended{number}")
    orders = [
        Order(owner.user.pk, f"{n}", symbol, list(Direction)[n % 2], Decimal(stake), durations[n])
        for n, (_result, stake, _part) in enumerate(plans)
    ]
    accepted = [result.trade for result in open_trades(orders, clock=standing(NOON)) if isinstance(result, Accepted)]
    stage.price(ENTRY.priced_at, str(ENTRY.price))
    settling.settle_due_trades(instrument=symbol, now=ENTRY.priced_at)
    return (
        stage,
        owner,
        [
            Ended(trade, result, round_down(trade.payout * part / 100, trade.currency) or Decimal("0.01"))
            for trade, (result, _stake, part) in zip(accepted, plans, strict=True)
        ],
    )


def end(stage: Stage, ended: Sequence[Ended]) -> None:
    """Bring each trade to its end through the service's own statements."""
    asked = NOON + timedelta(seconds=3)
    sales = [each for each in ended if each.result is Result.SOLD]
    orders = [
        CloseOrder(id=new_id(asked), trade=each.trade, asked_at=asked, close_at=SOLD_AT.priced_at) for each in sales
    ]
    for order in orders:
        order.save(force_insert=True)
    stage.price(SOLD_AT.priced_at, str(SOLD_AT.price))
    now = NOON + timedelta(seconds=60)
    decided = [(order.pk, Decided(None, each.sale, SOLD_AT)) for order, each in zip(orders, sales, strict=True)]
    with transaction.atomic():
        end_closes(instrument=stage.instrument, decided=decided, now=now)
    outcomes = [(each.window, each.outcome) for each in ended if each.result is not Result.SOLD]
    settling._settle(stage.instrument, outcomes, now, standing(now))


@pytest.mark.long
@given(plans=PLANS)
@settings(max_examples=15)
def test_profit_and_transfers_are_what_the_domain_says(db: None, plans: list[tuple[Result, str, int]]) -> None:
    stage, owner, ended = opened(plans)

    end(stage, ended)

    total = Decimal(0)
    for each in ended:
        trade = FlashTrade.objects.get(pk=each.trade.pk)
        sale = each.sale if each.result is Result.SOLD else None
        profit = ENDINGS[each.result].profit(stake=trade.stake, payout=trade.payout, sale=sale or Decimal(0))
        assert (trade.state, trade.outcome, trade.sale, trade.profit) == ("settled", each.result, sale, profit)
        moved = Transfer.objects.filter(reference=trade.pk).exclude(phase="pending").order_by("id")
        assert sorted(moved.values_list("kind", "phase", "amount")) == sorted(each.transfers)
        total += profit
    assert (owner.wallet.balance, owner.wallet.held) == (10000 + total, 0)
    assert book_faults() == list[Fault]()
