"""The JSON shape of an open trade's sale offer, the same over REST and WebSocket."""

from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from trading.selectors.offers import TradeOffer, closable_until
from trading.wire.market import write_price


def offer(found: TradeOffer) -> dict[str, object]:
    """A trade's present sale offer; without one, `reason` has the code of the refusal."""
    trade, offered = found.trade, found.offer
    return {
        "trade": str(trade.id),
        "offer": write_money(offered.amount, trade.currency) if offered else None,
        "min_price": write_money(offered.min_price, trade.currency) if offered else None,
        "currency": trade.currency,
        "price": write_price(offered.point.price, trade.instrument.pip) if offered else None,
        "priced_at": write_instant(offered.point.priced_at) if offered else None,
        "closable_until": write_instant(closable_until(trade)),
        "reason": found.refusal.code if found.refusal else None,
    }
