from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.domain.errors import NotFound
from accounts.domain.notation import write_decimal, write_instant
from trading.domain.corrections import TradeNotSettled
from trading.domain.proof.proof import TYP, VERSION
from trading.models import FlashTrade
from trading.selectors.proof.proofs import close_orders_of, conversions_of, windows_of
from trading.selectors.trades import trade_of, trades_by_id
from trading.steps.sign_statement import sign_statement
from trading.wire import trades as wire_trades
from trading.wire.chains import chain, days, window


@dataclass(frozen=True, slots=True)
class SignedProof:
    """The signed content in readable form, and its signed statement."""

    content: dict[str, Any]
    jws: str

    def as_json(self) -> dict[str, Any]:
        return {"proof": self.content, "jws": self.jws}


def prove_trade(*, trade_id: UUID, user_id: int | None, issuer: str, now: datetime) -> SignedProof:
    """The signed proof of this person's trade, or of any trade when `user_id` is None (rule 11).

    `issuer` is the address of the platform. Raises NotFound, TradeNotSettled and SigningUnavailable.
    """
    trade = trade_of(user_id, trade_id) if user_id is not None else next(iter(trades_by_id([trade_id])), None)
    if trade is None:
        raise NotFound(str(trade_id))
    if trade.state != FlashTrade.State.SETTLED:
        raise TradeNotSettled
    content = proof_of(trade, issuer=issuer, now=now)
    return SignedProof(content, sign_statement(content, typ=TYP, now=now))


def proof_of(trade: FlashTrade, *, issuer: str, now: datetime) -> dict[str, Any]:
    """All data that decides a settled trade again, unsigned."""
    windows = windows_of(trade)
    return {
        "version": VERSION,
        "issuer": issuer,
        "issued_at": write_instant(now),
        "trade": wire_trades.receipted_trade(trade),
        "closes": [wire_trades.receipted_close(order, trade) for order in close_orders_of(trade)],
        "pip": write_decimal(trade.instrument.pip),
        "windows": [window(span, prices) for span, prices in windows],
        **days(trade.instrument, windows),
        "conversions": [chain(instrument, pieces) for instrument, pieces in conversions_of(windows)],
    }
