"""The content of a webhook's message: the present state of what it is about, as REST shows it."""

from uuid import UUID

from accounts.domain.webhooks.events import Event
from accounts.wire import webhooks as wire_webhooks
from trading.models import CloseOrder
from trading.selectors.trades import trade_of
from trading.wire import trades as wire_trades


def news(event: Event, user_id: int, reference: UUID) -> dict[str, object] | None:
    """The trade, deposit or withdrawal of an event; None if it isn't there."""
    if event is Event.CLOSE_DECIDED:
        order = CloseOrder.objects.filter(pk=reference, trade__user_id=user_id).first()
        return _trade(user_id, order.trade_id) if order else None
    if event in (Event.TRADE_SETTLED, Event.TRADE_CORRECTED):
        return _trade(user_id, reference)
    return wire_webhooks.news(event, user_id, reference)


def _trade(user_id: int, trade_id: UUID) -> dict[str, object] | None:
    trade = trade_of(user_id, trade_id)
    return {"trade": wire_trades.receipted_trade(trade)} if trade else None
