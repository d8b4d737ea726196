"""Rule 10: a void moves back a settled trade's money, takes two approvals, and changes nothing else."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.errors import InsufficientFunds, NotFound, Refusal
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind
from accounts.models import ApprovalRequest, Transfer
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.domain.corrections import NothingToVoid, TradeCorrected, TradeNotSettled
from trading.domain.terms import Direction
from trading.models import FlashTrade, TradeCorrection
from trading.selectors.limits import limits_standing
from trading.selectors.sessions import trades_since
from trading.selectors.trades import trade_of
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.voids import LATER, Staff, settled
from trading.wire.trades import flash_trade

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def staff(transactional_db: None) -> Staff:
    return Staff()


@pytest.fixture
def ann(transactional_db: None) -> Trader:
    return trader("ann")


@pytest.mark.parametrize(("exit_price", "before", "moved"), [("60001.00", "10085", "-85"), ("59999.00", "9900", "100")])
def test_it_gives_back_what_the_trade_moved(
    market: Stage, staff: Staff, ann: Trader, exit_price: str, before: str, moved: str
) -> None:
    trade = ann.place()
    settled(market, exit_price)
    assert ann.wallet.balance == Decimal(before)

    staff.void(trade.id)
    assert ann.wallet.balance == 10000
    correction = TradeCorrection.objects.get()
    assert (correction.trade_id, correction.amount, correction.corrected_at) == (trade.id, Decimal(moved), LATER)
    assert_the_ledger_balances()
    assert reconcile_ledger().faults == ()


def test_the_trade_stays_as_it_ended_and_says_that_it_was_voided(market: Stage, staff: Staff, ann: Trader) -> None:
    trade = ann.place()
    settled(market, "60001.00")
    row = FlashTrade.objects.filter(pk=trade.pk).values().get()
    shown = flash_trade(trade_of(ann.user.pk, trade.pk) or trade)
    assert shown["correction"] is None

    staff.void(trade.id)
    assert FlashTrade.objects.filter(pk=trade.pk).values().get() == row
    correction = {"reason": "a venue erred", "amount": "-85.00", "corrected_at": "2026-03-01T13:00:00Z"}
    assert flash_trade(trade_of(ann.user.pk, trade.pk) or trade) == shown | {"correction": correction}


def test_one_approval_is_not_enough(market: Stage, staff: Staff, ann: Trader) -> None:
    trade = ann.place()
    settled(market, "60001.00")
    staff.approve(staff.ask(trade.id), staff.approvers[0])
    assert (ApprovalRequest.objects.get().state, TradeCorrection.objects.count()) == ("pending", 0)


def test_a_win_that_is_gone_can_not_be_taken_back(market: Stage, staff: Staff, ann: Trader) -> None:
    trade = ann.place()
    settled(market, "60001.00")
    market.price(NOON + timedelta(seconds=62), "60000.00")
    market.instrument.stake_max = 20000
    market.instrument.save()
    ann.place(at=NOON + timedelta(seconds=62), stake="10001")
    with pytest.raises(InsufficientFunds):
        staff.void(trade.id)
    assert (ApprovalRequest.objects.get().state, TradeCorrection.objects.count()) == ("pending", 0)


@pytest.mark.parametrize(
    ("exit_price", "refusal"), [("60000.00", NothingToVoid), (None, TradeNotSettled), ("60001.00", TradeCorrected)]
)
def test_only_a_trade_that_moved_money_is_voided_and_once(
    market: Stage, staff: Staff, ann: Trader, exit_price: str | None, refusal: type[Refusal]
) -> None:
    trade = ann.place()
    if exit_price:
        settled(market, exit_price)
    if refusal is TradeCorrected:
        staff.void(trade.id)
    with pytest.raises(refusal):
        staff.ask(trade.id)


@pytest.mark.parametrize(
    "subject", ["trade:", "trade:x", "", "wallet:1", "trade:019b76da-a800-7000-8000-000000000000", "trade:1_0"]
)
def test_what_is_no_trade_is_not_found(staff: Staff, subject: str) -> None:
    with pytest.raises(NotFound):
        staff.ask(subject.removeprefix("trade:"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trade_corrections SET amount = amount - 1",
        "DELETE FROM trade_corrections",
        "DELETE FROM transfers WHERE kind = 'reversal'",
    ],
)
def test_the_reconciliation_finds_a_forged_void(market: Stage, staff: Staff, ann: Trader, statement: str) -> None:
    trade = ann.place()
    settled(market, "60001.00")
    staff.void(trade.id)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
    assert "one-reversal-each" in {fault.check for fault in reconcile_ledger().faults}


@pytest.mark.long
@given(
    orders=st.lists(
        st.tuples(st.sampled_from(Direction), st.decimals("1", "1000", places=2), st.booleans()),
        min_size=1,
        max_size=6,
    ),
    exit_price=st.sampled_from(["59999.99", "60000.00", "60000.01"]),
)
@settings(max_examples=8)
def test_a_wallet_stands_as_if_the_void_trades_had_never_been(
    staff: Staff, orders: list[tuple[Direction, Decimal, bool]], exit_price: str
) -> None:
    name = uuid4().hex
    ann = trader(name)
    market = open_stage(symbol=f"X{name[:8].upper()}-USDT")
    trades = [ann.place(direction=d, stake=str(stake), symbol=market.instrument.symbol) for d, stake, _ in orders]
    settled(market, exit_price)
    expected = Decimal(10000)
    for trade, (_direction, _stake, void) in zip(trades, orders, strict=True):
        trade.refresh_from_db()
        assert trade.profit is not None
        if void and trade.profit:
            staff.void(trade.id)
        else:
            expected += trade.profit
    assert (ann.wallet.balance, ann.wallet.held) == (expected, 0)
    assert_the_ledger_balances()
    assert reconcile_ledger().faults == ()
    assert Transfer.objects.filter(kind="reversal").count() == TradeCorrection.objects.count()


def test_a_loss_that_is_given_back_no_longer_counts_against_a_loss_limit(
    market: Stage, staff: Staff, ann: Trader
) -> None:
    loss = LimitChange(LimitKind.LOSS, "USDT", True, 7, Decimal(100))
    set_trading_limits(user_id=ann.user.pk, changes=[loss], now=NOON)
    trade = ann.place()
    settled(market, "59999.00")
    (before,) = limits_standing(ann.user.pk, session_started_at=None, now=LATER)
    staff.void(trade.id)
    (after,) = limits_standing(ann.user.pk, session_started_at=None, now=LATER)
    assert (before.used, after.used) == (100, 0)
    assert [each.result for each in trades_since(ann.user.pk, NOON)] == [0]
