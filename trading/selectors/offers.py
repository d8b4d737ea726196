"""Sale offers of open trades at this moment (rule 9): one query of prices for each instrument."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.domain.errors import Refusal
from trading.domain.early_close import Known, OpenTrade, SaleOffer, TradeEnded, TradeNotEntered, offer_for
from trading.domain.pricing import Position
from trading.domain.rules import rules_of
from trading.domain.terms import Direction, Status
from trading.models import FlashTrade
from trading.selectors.listings import newest_prices
from trading.selectors.series import points


@dataclass(frozen=True, slots=True)
class TradeOffer:
    """A trade with its offer, or with the refusal of an offer."""

    trade: FlashTrade
    offer: SaleOffer | None
    refusal: Refusal | None = None


def open_trade_of(trade: FlashTrade) -> OpenTrade:
    """The parts of the trade that rule 9 uses. Raises TradeNotEntered or TradeEnded."""
    if trade.state == FlashTrade.State.SETTLED:
        raise TradeEnded
    if trade.entry_price is None:
        raise TradeNotEntered
    rules = rules_of(trade.rule_version)
    position = Position(
        direction=Direction(trade.direction),
        stake=trade.stake,
        payout=trade.payout,
        entry_price=trade.entry_price,
        pip=trade.instrument.pip,
        expires_at=trade.expires_at,
        exit_samples=rules.exit_samples(trade.expires_at - trade.entry_at),
    )
    return OpenTrade(position, trade.currency, trade.entry_at, trade.demo, rules)


def closable_until(trade: FlashTrade) -> datetime:
    """The last second whose price may sell the trade."""
    return rules_of(trade.rule_version).closable_until(trade.entry_at, trade.expires_at)


def offer_of(trade: FlashTrade, *, min_price: Decimal | None, now: datetime) -> SaleOffer:
    """One trade's offer. Raises the refusals of `open_trade_of` and `offer_for`."""
    as_open = open_trade_of(trade)
    newest = next(iter(newest_prices([trade.instrument_id])), None)
    known = _known(trade.instrument_id, [as_open], newest.priced_at) if newest else None
    return offer_for(as_open, known, status=Status(trade.instrument.status), min_price=min_price, now=now)


def offers_of(trades: Iterable[FlashTrade], *, now: datetime) -> list[TradeOffer]:
    """The offers for unsettled trades, in the same order: two queries, and one for each instrument among them."""
    listed = [trade for trade in trades if trade.state != FlashTrade.State.SETTLED]
    opened = {trade.pk: open_trade_of(trade) for trade in listed if trade.entry_price is not None}
    known: dict[int, Known] = {}
    for newest in newest_prices(sorted({trade.instrument_id for trade in listed})):
        mine = [opened[t.pk] for t in listed if t.instrument_id == newest.instrument_id and t.pk in opened]
        known[newest.instrument_id] = _known(newest.instrument_id, mine, newest.priced_at)
    return [_offer(trade, opened.get(trade.pk), known.get(trade.instrument_id), now) for trade in listed]


def _offer(trade: FlashTrade, as_open: OpenTrade | None, known: Known | None, now: datetime) -> TradeOffer:
    if as_open is None:
        return TradeOffer(trade, None, TradeNotEntered())
    try:
        status = Status(trade.instrument.status)
        return TradeOffer(trade, offer_for(as_open, known, status=status, min_price=None, now=now))
    except Refusal as refusal:
        return TradeOffer(trade, None, refusal)


def _known(instrument_id: int, trades: Sequence[OpenTrade], at: datetime) -> Known:
    """The prices up to this second that the trades' offers depend on; the second itself has a price."""
    spans = {(at, at), *(span for trade in trades for span in trade.looks_at(at))}
    return Known([point for point in points(instrument_id, spans) if point.priced_at <= at])
