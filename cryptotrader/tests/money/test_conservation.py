"""In any market no money appears or disappears, and every result follows the published rules."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.errors import InsufficientFunds
from accounts.models import Transfer
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from accounts.tests.threads import at_once
from trading.domain.errors import StalePrice
from trading.domain.prices import PricePoint
from trading.domain.settlement import Outcome, Window, settle
from trading.domain.terms import Direction
from trading.models import FlashTrade, IndexPrice, Instrument
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, trader

SECOND = timedelta(seconds=1)
END = NOON + timedelta(seconds=420)
"""Later than any trade's expiry and its grace."""


class Wish(NamedTuple):
    """An order at one second of the history."""

    second: int
    who: int
    direction: Direction
    stake: str
    duration: int


@dataclass
class History:
    """One history: each second has a price or none, some have orders, some have a settlement."""

    prices: list[int | None]
    wishes: list[Wish]
    settled_at: set[int]
    workers: int
    stage: Stage = field(init=False)
    people: list[Trader] = field(init=False)

    def live(self, numbers: Callable[[], int]) -> None:
        number = numbers()
        instrument = Instrument.objects.create(
            symbol=f"C{number}-USDT", pip=Decimal("0.01"), durations=[15, 20], stake_max=9000
        )
        self.stage = Stage(instrument)
        self.people = [trader(f"{name}{number}") for name in ("alice", "bob")]
        for second, price in enumerate([0, *self.prices]):
            now = NOON + second * SECOND
            if price is not None:
                self.stage.price(now, f"{60000 + Decimal(price) / 100}")
            self.order(second)
            if second in self.settled_at:
                self.settle(second)
        self.settle(int((END - NOON).total_seconds()))

    def order(self, second: int) -> None:
        for wish in self.wishes:
            if wish.second == second:
                self.place(wish)

    def place(self, wish: Wish) -> None:
        """Refusals are normal: no fresh price, no money left."""
        with suppress(InsufficientFunds, StalePrice):
            self.people[wish.who].place(
                at=NOON + wish.second * SECOND,
                stake=wish.stake,
                direction=wish.direction,
                seconds=wish.duration,
                symbol=self.stage.instrument.symbol,
            )

    def settle(self, second: int) -> None:
        run = partial(settle_due_trades, instrument=self.stage.instrument.symbol, now=NOON + second * SECOND)
        if self.workers == 1:
            run()
            return
        for result in at_once([run] * self.workers):
            assert not isinstance(result, Exception), result
        run()


HISTORIES = st.builds(
    History,
    prices=st.lists(st.sampled_from([None, -1, 0, 0, 1]), min_size=15, max_size=45),
    wishes=st.lists(
        st.builds(
            Wish,
            second=st.integers(0, 12),
            who=st.integers(0, 1),
            direction=st.sampled_from(Direction),
            stake=st.sampled_from(["1", "33.33", "999.99", "5000", "9000"]),
            duration=st.sampled_from([15, 20]),
        ),
        max_size=12,
    ),
    settled_at=st.sets(st.integers(0, 45), max_size=6),
    workers=st.just(1),
)


def assert_nothing_is_amiss(history: History) -> None:
    assert_the_ledger_balances()
    trades = list(FlashTrade.objects.filter(instrument=history.stage.instrument))
    rows = IndexPrice.objects.filter(instrument=history.stage.instrument).order_by("sequence")
    points = [PricePoint(at, price) for at, price in rows.values_list("priced_at", "price")]
    gains = dict.fromkeys((person.user.pk for person in history.people), Decimal(0))
    for trade in trades:
        window = Window(Direction(trade.direction), trade.entry_at, trade.expires_at, Decimal("0.01"))
        outcome = settle(window, points, final=True)
        assert outcome is not None
        assert_settled_once_as_the_rules_say(trade, outcome)
        gains[trade.user_id] += trade.profit or 0
    for person in history.people:
        assert (person.wallet.balance, person.wallet.held) == (10000 + gains[person.user.pk], 0)


def assert_settled_once_as_the_rules_say(trade: FlashTrade, outcome: Outcome) -> None:
    assert (trade.state, trade.outcome, trade.void_reason) == ("settled", outcome.result, outcome.void_reason)
    assert trade.entry_price == (outcome.entry.price if outcome.entry else None)
    assert (trade.exit_price, trade.exit_samples or 0) == (outcome.exit_price, outcome.exit_samples)
    profit = {"won": trade.payout - trade.stake, "lost": -trade.stake}.get(str(trade.outcome), Decimal(0))
    assert trade.profit == profit
    moves = Transfer.objects.filter(reference=trade.pk).order_by("id").values_list("kind", "phase", "amount")
    expected = [("stake", "pending", trade.stake), ("stake", "post" if profit < 0 else "void", trade.stake)]
    assert list(moves) == expected + ([("payout", "single", profit)] if profit > 0 else [])


@pytest.mark.long
@given(history=HISTORIES)
@settings(max_examples=20)
def test_money_is_conserved_and_results_follow_the_rules(db: None, history: History) -> None:
    history.live(partial(next, NUMBERS))
    assert_nothing_is_amiss(history)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@given(history=HISTORIES.map(lambda history: History(history.prices, history.wishes, history.settled_at, workers=2)))
@settings(max_examples=6)
def test_two_workers_do_no_more_than_one(history: History) -> None:
    history.live(partial(next, NUMBERS))
    assert_nothing_is_amiss(history)


@pytest.mark.long
def test_held_is_what_is_staked_on_unsettled_trades(stage: Stage, alice: Trader, bob: Trader) -> None:
    for second in range(20):
        now = NOON + second * SECOND
        if second:
            stage.price(now, "60000.00")
        for person, stake in ((alice, "10.50"), (bob, "99.99")):
            person.place(at=now, stake=stake, seconds=15)
        settle_due_trades(instrument=stage.instrument.symbol, now=now)
        for person in (alice, bob):
            trades = FlashTrade.objects.filter(user=person.user).exclude(state="settled")
            assert person.wallet.held == sum(trade.stake for trade in trades) > 0
    assert FlashTrade.objects.filter(state="settled", outcome="tied").count() == 2 * 4


NUMBERS = count()
"""Each history has its own instrument and traders, so that nothing has to be undone between two."""
