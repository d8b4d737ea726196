"""The JSON shape of an order's news, for the program that sent it."""

from accounts.domain.errors import Refusal
from accounts.wire.problems import problem_of
from trading.domain.order_events import OrderEvent
from trading.models import CloseOrder, FlashTrade
from trading.selectors.trades import close_order_of
from trading.wire.trades import flash_trade


def order(trade: FlashTrade) -> dict[str, object]:
    """An order that became a trade, in its present state."""
    return {
        "client_order_id": trade.idempotency_key,
        "event": _event(trade).value,
        "trade": flash_trade(trade),
        "problem": None,
    }


def refused_order(client_order_id: str, refusal: Refusal) -> dict[str, object]:
    """An order that a rule has refused."""
    event = OrderEvent.REFUSED.value
    return {"client_order_id": client_order_id, "event": event, "trade": None, "problem": problem_of(refusal)}


def _event(trade: FlashTrade) -> OrderEvent:
    if trade.state == FlashTrade.State.SETTLED:
        return OrderEvent.SETTLED if trade.sale is None else OrderEvent.CLOSED
    close = close_order_of(trade)
    if close is not None and close.state != CloseOrder.State.SOLD:
        return OrderEvent.CLOSE_ASKED if close.state == CloseOrder.State.WAITING else OrderEvent.CLOSE_LAPSED
    return OrderEvent.OPENED if trade.state == FlashTrade.State.OPEN else OrderEvent.ACCEPTED
