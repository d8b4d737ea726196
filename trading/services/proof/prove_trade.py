from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from accounts.domain.errors import NotFound
from accounts.domain.notation import write_decimal, write_instant
from trading.domain.corrections import TradeNotSettled
from trading.domain.proof.days import day_of
from trading.domain.proof.proof import TYP, VERSION, Span
from trading.models import DailyDigest, FlashTrade, IndexPrice, Instrument
from trading.selectors.proof.digests import digests_of_days, merkle_path
from trading.selectors.proof.proofs import Pieces, close_orders_of, conversions_of, windows_of
from trading.selectors.trades import trade_of, trades_by_id
from trading.steps.sign_statement import sign_statement
from trading.wire import digests as wire_digests
from trading.wire import market as wire_market
from trading.wire import trades as wire_trades


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
        "trade": wire_trades.flash_trade(trade),
        "closes": [wire_trades.close_order(order, trade) for order in close_orders_of(trade)],
        "pip": write_decimal(trade.instrument.pip),
        "windows": [_window(span, prices) for span, prices in windows],
        **_days(trade.instrument, windows),
        "conversions": [_chain(instrument, pieces) for instrument, pieces in conversions_of(windows)],
    }


def _window(span: Span, prices: Sequence[IndexPrice]) -> dict[str, Any]:
    return {
        "purpose": span.purpose.value,
        "since": write_instant(span.since),
        "until": write_instant(span.until),
        "prices": [wire_market.index_price(price) for price in prices],
    }


def _chain(instrument: Instrument, pieces: Pieces) -> dict[str, Any]:
    shown = [[wire_market.index_price(price) for price in prices] for _, prices in pieces]
    return {"instrument": instrument.symbol, "pieces": shown, **_days(instrument, pieces)}


def _days(instrument: Instrument, pieces: Pieces) -> dict[str, Any]:
    """The published days of these pieces of a chain and of the ends of their spans, and the paths to them."""
    last_of_day = {(day_of(price.priced_at), n): price for n, (_, prices) in enumerate(pieces) for price in prices}
    days = digests_of_days(instrument, {day for day, _ in last_of_day} | {day_of(span.until) for span, _ in pieces})
    return {
        "days": [wire_digests.daily_digest(days[day]) for day in sorted(days)],
        "paths": _paths({(day, price.sequence) for (day, _), price in last_of_day.items()}, days),
    }


def _paths(wanted: set[tuple[date, int]], days: dict[date, DailyDigest]) -> list[dict[str, Any]]:
    """The paths from the last price of each piece and day: the chain leads from it to the earlier prices."""
    return [
        {"day": day.isoformat(), "sequence": sequence, "path": merkle_path(days[day], sequence)}
        for day, sequence in sorted(wanted)
        if day in days
    ]
