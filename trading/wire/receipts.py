"""The text of receipts: the facts of an acceptance in the form in which REST answers them, and their stamp."""

from typing import Any

from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from trading.domain.proof.receipts import Accepted, text_of
from trading.models import CloseOrder, FlashTrade
from trading.selectors.proof.receipts import Linked, stamp_of
from trading.wire.market import write_rate


def terms_of(trade: FlashTrade) -> dict[str, object]:
    """The terms that were fixed at acceptance (`domain.proof.receipts.TERMS`)."""
    new: Any = trade
    told: dict[str, object] | None = getattr(new, "told_terms", None)
    return told or {
        "instrument": trade.instrument.symbol,
        "direction": trade.direction,
        "amount": write_money(trade.stake, trade.currency),
        "currency": trade.currency,
        "demo": trade.demo,
        "duration": trade.duration_seconds,
        "payout_rate": write_rate(trade.payout_rate),
        "payout": write_money(trade.payout, trade.currency),
        "payout_version": trade.payout_version,
        "rule_version": trade.rule_version,
        "accepted_at": write_instant(trade.accepted_at),
        "entry_at": write_instant(trade.entry_at),
        "expires_at": write_instant(trade.expires_at),
    }


def order_told(trade: FlashTrade) -> dict[str, object]:
    """The acceptance of an order: the terms, and the client's key."""
    return {**terms_of(trade), "trade": str(trade.id), "client_order_id": trade.idempotency_key}


def close_told(order: CloseOrder, trade: FlashTrade) -> dict[str, object]:
    """The acceptance of a close order of this trade: its minimum, and the second whose price decides it."""
    return {
        "trade": str(trade.id),
        "client_order_id": trade.idempotency_key,
        "demo": trade.demo,
        "currency": trade.currency,
        "accepted_at": write_instant(order.asked_at),
        "close_at": write_instant(order.close_at),
        "min_price": write_money(order.min_price, trade.currency) if order.min_price is not None else None,
    }


def keep_terms(trade: FlashTrade) -> None:
    """Let `terms_of` write the terms of a trade that is being stored once: for its receipt and for the answer."""
    trade.told_terms = terms_of(trade)  # type: ignore[attr-defined]


def keep_receipt(trade: FlashTrade, text: str) -> None:
    """Let `receipt_of` know the receipt of a trade that is being stored."""
    trade.receipt_text = text  # type: ignore[attr-defined]


def receipt_of(trade: FlashTrade) -> str | None:
    """The receipt of this trade's order; None for a trade that is older than receipts."""
    new: Any = trade
    text: str | None = getattr(new, "receipt_text", None)
    if text is not None:
        return text
    stamp = stamp_of(trade)
    return text_of(order_told(trade), Accepted.ORDER, stamp) if stamp else None


def close_receipt_of(order: CloseOrder, trade: FlashTrade) -> str | None:
    """The receipt of a close order of this trade; None for one that is older than receipts."""
    stamp = stamp_of(order)
    return text_of(close_told(order, trade), Accepted.CLOSE, stamp) if stamp else None


def linked_receipt(linked: Linked) -> dict[str, object]:
    """A receipt in the list of its wallet's chain."""
    text = close_receipt_of(linked.close, linked.trade) if linked.close else receipt_of(linked.trade)
    return {"number": linked.number, "digest": linked.digest, "receipt": text}
