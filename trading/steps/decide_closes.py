"""Decides close orders for the settlement: the price of a close order's second makes it sold or lapsed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.domain.webhooks.events import Event
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook
from trading.domain.early_close import Decided, Known, LapseReason, decide_close
from trading.domain.endings import Ended
from trading.models import CloseOrder, FlashTrade, Instrument, PriceHead
from trading.selectors.due import due_closes
from trading.selectors.offers import open_trade_of
from trading.selectors.series import series_to_date
from trading.steps.end_trades import end_trades
from trading.steps.log_batch import log_batch
from trading.steps.publish_changes import Change, publish_changes
from trading.steps.release_liability import release_liability
from trading.steps.settlement_sql import END_CLOSES, SELL

BATCH = 1_000
"""Close orders decided and moved at a time."""


@dataclass(frozen=True, slots=True)
class ClosesEnded:
    """The number of close orders of a batch that ended, and the trades that were sold."""

    ended: int
    sold: Sequence[Ended]


def decide_closes(*, instrument: Instrument, newest: PriceHead | None, now: datetime) -> list[tuple[UUID, Decided]]:
    """The decisions on one batch of due close orders, from the stored prices; `end_closes` executes them.

    Nothing is locked or written, so without a due close order no transaction begins.
    """
    orders = due_closes(instrument, newest=newest, now=now, limit=BATCH)
    opened = [(open_trade_of(order.trade), order) for order in orders if order.trade.state == FlashTrade.State.OPEN]
    spans = (span for trade, order in opened for span in trade.looks_at(order.close_at))
    prices = series_to_date(instrument.pk, spans, newest)
    known = {order.close_at: Known.from_second(prices, order.close_at) for order in orders}
    decided = ((order.pk, _decided(order, known[order.close_at], now)) for order in orders)
    return [(id, each) for id, each in decided if each is not None]


def _decided(order: CloseOrder, known: Known | None, now: datetime) -> Decided | None:
    if order.trade.state != FlashTrade.State.OPEN:
        return Decided(LapseReason.TRADE_ENDED)
    trade = open_trade_of(order.trade)
    final = now - order.close_at >= trade.rules.grace
    return decide_close(trade, known, close_at=order.close_at, min_price=order.min_price, final=final)


def end_closes(*, instrument: Instrument, decided: Sequence[tuple[UUID, Decided]], now: datetime) -> ClosesEnded:
    """Sell the trades or let the orders lapse, as decided, and move the money. Inside the caller's transaction.

    An order that has ended meanwhile, or that another worker holds, is left alone.
    """
    params: dict[str, Any] = {
        "now": now,
        "id": [id for id, _ in decided],
        "lapse_reason": [each.lapse for _, each in decided],
        "offer": [each.amount for _, each in decided],
        "price": [each.point.price if each.point else None for _, each in decided],
        "priced_at": [each.point.priced_at if each.point else None for _, each in decided],
    }
    with connection.cursor() as cursor:
        cursor.execute(END_CLOSES, params)
        ended = {order: Change(*change) for order, *change in cursor.fetchall()}
    tell_by_webhook(Event.CLOSE_DECIDED, [(change.user_id, order) for order, change in ended.items()], now=now)
    sold = end_trades(SELL, params | {"ended": list(ended)}, now=now)
    release_liability(instrument_id=instrument.pk, trades=[change.trade_id for change, _ in sold], now=now)
    transaction.on_commit(partial(publish_changes, list(ended.values())))
    if sold:
        log_batch("trades sold", instrument.symbol, [change.trade_id for change, _ in sold])
    return ClosesEnded(len(ended), [each for _, each in sold])
