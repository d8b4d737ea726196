"""The settlement's part in early closes: the price of a close order's second decides it, sold or lapsed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from trading.domain.early_close import Decided, Known, LapseReason, decide_close
from trading.domain.prices import PricePoint, Source
from trading.domain.rules import SHORTEST_GRACE
from trading.models import CloseOrder, FlashTrade, Instrument, PriceHead
from trading.selectors.offers import open_trade_of
from trading.selectors.series import points
from trading.steps.end_trades import end_trades
from trading.steps.publish_changes import Change, publish_changes
from trading.steps.release_liability import release_liability
from trading.steps.settlement_sql import END_CLOSES, SELL

BATCH = 1_000
"""Close orders decided and moved at a time."""


@dataclass(frozen=True, slots=True)
class ClosesEnded:
    """How many close orders of a batch ended, and how many of them sold their trade."""

    ended: int
    sold: int


def decide_closes(*, instrument: Instrument, newest: PriceHead | None, now: datetime) -> ClosesEnded:
    """Sell, or let lapse, the trades of one batch of close orders that are due by the stored prices.

    Inside the caller's transaction. Call it until no order ends: one batch takes at most BATCH orders.
    Idempotent and safe side by side, as the settlement that calls it.
    """
    decided = _decide(instrument, newest, now)
    return _end(instrument, decided, now) if decided else ClosesEnded(0, 0)


def _decide(instrument: Instrument, newest: PriceHead | None, now: datetime) -> list[tuple[UUID, Decided]]:
    due = newest.priced_at if newest else now - SHORTEST_GRACE
    waiting = CloseOrder.objects.filter(
        state=CloseOrder.State.WAITING, trade__instrument=instrument, close_at__lte=max(due, now - SHORTEST_GRACE)
    ).order_by("close_at", "id")
    orders = list(waiting.select_related("trade__instrument")[:BATCH])
    prices = _prices(instrument, orders, newest)
    known = {order.close_at: Known.from_second(prices, order.close_at) for order in orders}
    decided = ((order.pk, _decided(order, known[order.close_at], now)) for order in orders)
    return [(id, each) for id, each in decided if each is not None]


def _decided(order: CloseOrder, known: Known | None, now: datetime) -> Decided | None:
    if order.trade.state != FlashTrade.State.OPEN:
        return Decided(LapseReason.TRADE_ENDED)
    trade = open_trade_of(order.trade)
    final = now - order.close_at >= trade.rules.grace
    return decide_close(trade, known, close_at=order.close_at, min_price=order.min_price, final=final)


def _prices(instrument: Instrument, orders: Sequence[CloseOrder], newest: PriceHead | None) -> list[PricePoint]:
    opened = [(open_trade_of(order.trade), order) for order in orders if order.trade.state == FlashTrade.State.OPEN]
    spans = {span for trade, order in opened for span in trade.looks_at(order.close_at)}
    found = points(instrument.pk, spans) if spans else []
    if newest and (not found or found[-1].priced_at < newest.priced_at):
        found.append(PricePoint(newest.priced_at, newest.price, newest.source == Source.LIVE))
    return found


def _end(instrument: Instrument, decided: Sequence[tuple[UUID, Decided]], now: datetime) -> ClosesEnded:
    """Write how the orders end and move the money."""
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
    sold = end_trades(SELL, params | {"ended": list(ended)}, now=now)
    release_liability(instrument_id=instrument.pk, trades=[change.trade_id for change in sold], now=now)
    transaction.on_commit(partial(publish_changes, list(ended.values())))
    return ClosesEnded(len(ended), len(sold))
