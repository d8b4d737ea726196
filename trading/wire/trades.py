"""The JSON shape of trades and of their close orders."""

from datetime import datetime
from decimal import Decimal

from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from trading.models import CloseOrder, FlashTrade, Instrument
from trading.selectors.trades import close_order_of, correction_of
from trading.wire.market import write_price
from trading.wire.receipts import close_receipt_of, receipt_of, terms_of

COLUMNS = (
    "id", "instrument", "direction", "amount", "currency", "demo", "duration", "payout_rate", "payout", "accepted_at",
    "entry_at", "expires_at", "state", "outcome", "void_reason", "entry_price", "exit_price", "profit", "sale",
    "settled_at", "rule_version", "payout_version",
)  # fmt: skip
"""The columns of a trade in a table to take away."""


def flash_trade(trade: FlashTrade) -> dict[str, object]:
    """A trade in its present state, as lists and streams show it: without receipts, which are half of its size.

    `profit` is net: −100.00 lost, 85.00 won, 0.00 tied or voided; sold: sale − stake.
    """
    order = close_order_of(trade)
    return _new_trade(trade) | {
        "state": trade.state,
        "outcome": trade.outcome,
        "void_reason": trade.void_reason,
        "entry_price": _price(trade.entry_price, trade.instrument),
        "exit_price": _price(trade.exit_price, trade.instrument),
        "exit_samples": trade.exit_samples,
        "settled_at": _instant(trade.settled_at),
        "profit": write_money(trade.profit, trade.currency) if trade.profit is not None else None,
        "sale": write_money(trade.sale, trade.currency) if trade.sale is not None else None,
        "sold_at_price": _price(trade.sold_at_price, trade.instrument),
        "sold_priced_at": _instant(trade.sold_priced_at),
        "close": close_order(order, trade) if order else None,
        "correction": _correction(trade),
    }


def receipted_trade(trade: FlashTrade) -> dict[str, object]:
    """A trade in its present state, with the receipts of its order and of its latest close order."""
    order = close_order_of(trade)
    close = receipted_close(order, trade) if order else None
    return flash_trade(trade) | {"close": close, "receipt": receipt_of(trade)}


def accepted_trade(trade: FlashTrade) -> dict[str, object]:
    """A trade in its state at acceptance: the answer to an order, the same for every replay of it."""
    return _new_trade(trade) | {"receipt": receipt_of(trade)}


def _new_trade(trade: FlashTrade) -> dict[str, object]:
    return {
        "id": str(trade.id),
        "client_order_id": trade.idempotency_key,
        **terms_of(trade),
        "state": FlashTrade.State.PENDING.value,
        "outcome": None,
        "void_reason": None,
        "entry_price": None,
        "exit_price": None,
        "exit_samples": None,
        "settled_at": None,
        "profit": None,
        "sale": None,
        "sold_at_price": None,
        "sold_priced_at": None,
        "close": None,
        "correction": None,
    }


def close_order(order: CloseOrder, trade: FlashTrade) -> dict[str, object]:
    """A close order of this trade, and its result."""
    currency = trade.currency
    return {
        "state": order.state,
        "min_price": write_money(order.min_price, currency) if order.min_price is not None else None,
        "asked_at": write_instant(order.asked_at),
        "close_at": write_instant(order.close_at),
        "lapse_reason": order.lapse_reason,
        "offer": write_money(order.offer, currency) if order.offer is not None else None,
    }


def receipted_close(order: CloseOrder, trade: FlashTrade) -> dict[str, object]:
    """A close order of this trade, its result and its receipt."""
    return close_order(order, trade) | {"receipt": close_receipt_of(order, trade)}


def _correction(trade: FlashTrade) -> dict[str, object] | None:
    correction = correction_of(trade)
    if correction is None:
        return None
    return {
        "reason": correction.reason,
        "amount": write_money(correction.amount, trade.currency),
        "corrected_at": write_instant(correction.corrected_at),
    }


def _price(price: Decimal | None, instrument: Instrument) -> str | None:
    return None if price is None else write_price(price, instrument.pip)


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)
