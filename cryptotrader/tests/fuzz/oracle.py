"""Checks the invariants after any program, by a different method than the services': from the stored rows alone."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from accounts.models import LedgerAccount, Transfer
from cryptotrader.tests.fuzz.world import World
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.domain.candles import Interval, bars
from trading.domain.early_close import Known, OpenTrade, decide_close
from trading.domain.prices import FIRST_LINK, PricePoint
from trading.domain.pricing import Position
from trading.domain.settlement import Result, Window, find_entry, settle
from trading.domain.terms import Direction
from trading.models import Candle, CloseOrder, FlashTrade, IndexPrice, TradeCorrection
from trading.services.proof.prove_trade import proof_of
from trading.services.proof.replay_trade import replay_trade
from trading.tests.script import load_script

script = load_script()


def check(world: World) -> None:
    """Checks the books, the chain and the candles, and recomputes each result from the stored prices."""
    rows = list(IndexPrice.objects.filter(instrument=world.instrument).order_by("priced_at"))
    prices = [PricePoint(row.priced_at, row.price, row.source == "live") for row in rows]
    check_chain(rows, prices, world)
    trades = list(FlashTrade.objects.filter(instrument=world.instrument).order_by("id"))
    assert {trade.pk for trade in trades} >= set(world.heard.values()), "somebody was told of a trade that isn't"
    for trade in trades:
        world.tally[f"{trade.outcome} {trade.void_reason or ''}"] += 1
        check_outcome(trade, prices)
        check_replay(trade, world.now)
    check_wallets(world)
    faults = reconcile_ledger().faults
    assert faults == (), faults


def check_chain(rows: Sequence[IndexPrice], prices: Sequence[PricePoint], world: World) -> None:
    for number, row in enumerate(rows, 1):
        assert row.sequence == number
        assert row.previous == (rows[number - 2].digest if number > 1 else FIRST_LINK)
    assert all(before.priced_at < after.priced_at for before, after in pairwise(rows))
    kept = Candle.objects.filter(instrument=world.instrument, interval=60).order_by("opened_at")
    found = [(c.opened_at, c.open, c.high, c.low, c.close, c.count) for c in kept]
    made = [(b.opened_at, b.open, b.high, b.low, b.close, b.count) for b in bars(prices, Interval.MINUTE)]
    assert found == made


def check_outcome(trade: FlashTrade, prices: Sequence[PricePoint]) -> None:
    """Decides each close order by the prices known at its second. Without a sale, the whole series decides."""
    sale = check_closes(trade, prices)
    if sale is not None:
        assert (trade.outcome, trade.profit, trade.exit_price) == (Result.SOLD, sale - trade.stake, None)
        return
    outcome = settle(window_of(trade), prices, final=True)
    assert outcome is not None
    gain = {Result.WON: trade.payout - trade.stake, Result.LOST: -trade.stake}.get(outcome.result, Decimal(0))
    told = (trade.outcome, trade.void_reason, trade.exit_price, trade.exit_samples, trade.profit)
    due = (outcome.result, outcome.void_reason, outcome.exit_price, outcome.exit_samples or None, gain)
    assert told == due, (trade.pk, told, due)
    assert trade.entry_price == (outcome.entry.price if outcome.entry else None)


def window_of(trade: FlashTrade) -> Window:
    direction = Direction(trade.direction)
    pip = trade.instrument.pip
    return Window(direction, trade.entry_at, trade.expires_at, pip, trade.demo, trade.rule_version)


def check_closes(trade: FlashTrade, prices: Sequence[PricePoint]) -> Decimal | None:
    """Returns the amount of the sale; None if no order sold the trade. Each order must end as its own price says."""
    sale = None
    for order in CloseOrder.objects.filter(trade=trade).order_by("id"):
        assert order.state != "waiting", "a close order is left over"
        assert sale is None, "it was sold already"
        known = Known.from_second(prices, order.close_at)
        decided = decide_close(
            opened(trade, prices), known, close_at=order.close_at, min_price=order.min_price, final=True
        )
        assert decided is not None
        assert order.lapse_reason == decided.lapse, (order.pk, order.lapse_reason, decided)
        assert order.offer == decided.amount
        if decided.lapse is None:
            sale = decided.amount
    return sale


def opened(trade: FlashTrade, prices: Sequence[PricePoint]) -> OpenTrade:
    window = window_of(trade)
    entry = find_entry(trade.entry_at, prices, window.rules)
    assert entry is not None
    position = Position(
        direction=window.direction,
        stake=trade.stake,
        payout=trade.payout,
        entry_price=entry.price,
        pip=window.pip,
        expires_at=trade.expires_at,
        exit_samples=window.rules.exit_samples(trade.expires_at - trade.entry_at),
    )
    return OpenTrade(position, trade.currency, trade.entry_at, trade.demo, window.rules)


def check_replay(trade: FlashTrade, now: datetime) -> None:
    """The trader's proof verifies twice: here, and with the program that shares no line with the platform."""
    ours = replay_trade(trade_id=trade.pk, now=now)
    assert ours.faults == [], (trade.pk, ours.faults)
    theirs = script.Report()
    script.check_proof(proof_of(trade, issuer="", now=now), theirs)
    assert theirs.faults == [], (trade.pk, theirs.faults)


def check_wallets(world: World) -> None:
    """A wallet holds its incoming money plus the results of its trades, less the corrections of void ones."""
    for person in world.people:
        for wallet in LedgerAccount.objects.filter(owner=person.user):
            came = sum(t.amount for t in Transfer.objects.filter(target_id=wallet.pk, kind__in=["grant", "deposit"]))
            trades = FlashTrade.objects.filter(wallet_id=wallet.pk)
            gained = sum((trade.profit or Decimal(0) for trade in trades), Decimal(0))
            voided = sum((c.amount for c in TradeCorrection.objects.filter(trade__in=trades)), Decimal(0))
            assert (wallet.balance, wallet.held) == (came + gained + voided, 0)
