"""An order of somebody with a loss or turnover limit reads today's trades, and the sums of the days before."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.tests.cast import NOON
from accounts.tests.plans import plans_of, rows_read
from accounts.tests.threads import at_once
from trading.models import FlashTrade, Instrument, PriceHead, WalletDay
from trading.selectors.orders.day_sums import DaySum, WalletRef, day_sums
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader
from trading.tests.voids import Staff

DAY = timedelta(days=1)
MANY = """
    SET LOCAL session_replication_role = replica;
    INSERT INTO flash_trades
    SELECT (jsonb_populate_record(t, jsonb_build_object(
        'id', overlay(t.id::text PLACING lpad(n::text, 12, '0') FROM 25), 'idempotency_key', 'more-' || n
    ))).* FROM flash_trades t, generate_series(1, 2000) n;
    SET LOCAL session_replication_role = origin;
    ANALYZE flash_trades;
"""
"""Copies of the only trade, in the same day."""

NUMBERS = count()


def limit(who: Trader, *, days: int = 30, amount: str = "1000000") -> None:
    for kind in (LimitKind.TURNOVER, LimitKind.LOSS):
        change = LimitChange(kind, "USDT", True, days, Decimal(amount))
        set_trading_limits(user_id=who.user.pk, changes=[change], now=NOON)


def ref(who: Trader) -> WalletRef:
    return WalletRef(who.wallet.id, who.user.pk)


def trade(
    stage: Stage, who: Trader, at: datetime, *, close: str = "59999.00", late: timedelta = timedelta()
) -> FlashTrade:
    """A trade that is settled a minute later: lost, unless said. `late` is the delay of the worker's clock."""
    if at > NOON:
        stage.past([(at, "60000.00")])
    placed = who.place(at=at, stake="1")
    end = at + timedelta(seconds=61)
    stage.past([(at + timedelta(seconds=1), "60000.00"), (end, close)])
    settle_due_trades(instrument=SYMBOL, now=end - late)
    return placed


def from_the_trades(who: Trader, days: int, now: datetime) -> dict[tuple[int, date], DaySum]:
    """The sums without any that are kept."""
    kept = list(WalletDay.objects.all())
    WalletDay.objects.all().delete()
    sums = day_sums([ref(who)], days, now=now)
    WalletDay.objects.bulk_create(kept)
    return sums


def test_an_order_reads_no_trades_of_past_days_again(stage: Stage, alice: Trader) -> None:
    limit(alice)
    trade(stage, alice, NOON)
    with connection.cursor() as cursor:
        cursor.execute(MANY)
    tomorrow = NOON + DAY
    stage.past([(tomorrow, "60000.00")])
    alice.place(at=tomorrow, stake="1")
    assert WalletDay.objects.filter(wallet=alice.wallet.id).count() == 29
    assert day_sums([ref(alice)], 30, now=tomorrow)[alice.wallet.id, NOON.date()] == DaySum(
        Decimal(2001), Decimal(-2001)
    )

    plans = plans_of(partial(alice.place, at=tomorrow, stake="1"))
    (plan,) = (plan for plan in plans if "forgotten" in plan.statement)
    assert plan.rows["flash_trades"] <= 4
    assert plan.rows["wallet_days"] <= 31


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_limit_of_one_day_keeps_nothing_and_others_their_days(stage: Stage, alice: Trader, days: int) -> None:
    limit(alice, days=days)
    alice.place(stake="1")
    assert WalletDay.objects.count() == days - 1


def test_sums_older_than_the_window_go(stage: Stage, alice: Trader) -> None:
    limit(alice, days=7)
    alice.place(stake="1")
    later = NOON + 10 * DAY
    stage.past([(later, "60000.00")])
    alice.place(at=later, stake="1")
    assert [each.day for each in WalletDay.objects.order_by("day")] == [
        (later - n * DAY).date() for n in range(6, 0, -1)
    ]


def test_a_correction_of_a_past_day_counts_at_once(stage: Stage, alice: Trader) -> None:
    limit(alice)
    lost = trade(stage, alice, NOON)
    tomorrow = NOON + DAY
    stage.past([(tomorrow, "60000.00")])
    alice.place(at=tomorrow, stake="1")
    assert day_sums([ref(alice)], 2, now=tomorrow)[alice.wallet.id, NOON.date()] == DaySum(Decimal(1), Decimal(-1))
    Staff().void(lost.pk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the end of the transaction
    assert day_sums([ref(alice)], 2, now=tomorrow)[alice.wallet.id, NOON.date()] == DaySum(Decimal(1), Decimal(0))


@pytest.mark.long
@given(st.lists(st.tuples(st.sampled_from([0, 1, 11, 13, 25, 70, -26, -3]), st.booleans()), max_size=8))
@settings(max_examples=15)
def test_kept_sums_are_those_of_the_trades(stage: Stage, steps: list[tuple[int, bool]]) -> None:
    """Also of trades that a late clock dates back."""
    who, other = trader(f"keeper{next(NUMBERS)}"), trader(f"other{next(NUMBERS)}")
    limit(who)
    Instrument.objects.update(stake_min=Decimal(1))
    newest = PriceHead.objects.get().priced_at
    for hours, wins in steps:
        at = newest + timedelta(hours=max(hours, 0), minutes=3)
        trade(stage, who, at, close="60001.00" if wins else "59999.00", late=timedelta(hours=max(0, -hours)))
        newest = at + timedelta(minutes=3)
        stage.past([(newest, "60000.00")])
        other.place(at=newest, stake="1")
        who.place(at=newest, stake="1")
    assert day_sums([ref(who)], 30, now=newest) == from_the_trades(who, 30, newest)


@pytest.mark.django_db(transaction=True)
def test_orders_beside_results_dated_back_never_keep_an_old_sum() -> None:
    stage, who = open_stage(), trader("alice")
    limit(who)
    for _ in range(6):
        who.place(stake="1")
    end = NOON + timedelta(seconds=61)
    tomorrow = NOON + DAY
    stage.past([(NOON + timedelta(seconds=1), "60000.00"), (end, "59999.00"), (tomorrow, "60000.00")])

    def settle() -> None:
        settle_due_trades(instrument=SYMBOL, now=end)  # by a clock that is a day late

    def order_on() -> None:
        for _ in range(4):
            who.place(at=tomorrow, stake="1")

    assert not [each for each in at_once([settle, order_on, settle]) if isinstance(each, Exception)]
    sums = day_sums([ref(who)], 30, now=tomorrow)
    assert sums[who.wallet.id, NOON.date()] == DaySum(Decimal(6), Decimal(-6))
    assert sums == from_the_trades(who, 30, tomorrow)
    assert rows_read("wallet_days", partial(day_sums, [ref(who)], 30, now=tomorrow)) >= 28
