from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.errors import FieldError, InvalidInput, NotFound
from accounts.domain.identity import new_id
from accounts.domain.moments import Clock
from accounts.domain.money import SCALES
from accounts.domain.notation import places, write_instant
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.steps.lock_wallets import lock_wallets
from accounts.steps.log_on_commit import log_on_commit
from accounts.tracing import traced
from trading.domain.early_close import CLOSES_MAX, CloseUnderWay, TooManyCloses, TradeEnded, closing_second
from trading.domain.errors import StalePrice
from trading.domain.orders import check_in_time
from trading.domain.rules import rules_of
from trading.domain.settlement import Result
from trading.models import CloseOrder, FlashTrade
from trading.selectors.listings import held_instruments
from trading.selectors.offers import offer_of
from trading.selectors.trades import close_order_of, trade_of
from trading.steps.name_the_clock import name_the_clock
from trading.steps.publish_changes import Change, publish_changes
from trading.steps.sign_receipts import store_receipt


@dataclass(frozen=True, slots=True)
class Closing:
    """A trade with its close order; `replayed` when the same close was asked for before."""

    trade: FlashTrade
    replayed: bool


@traced
def close_trade(
    *,
    trade_id: UUID,
    user_id: int,
    min_price: Decimal | None,
    clock: Clock,
    valid_until: datetime | None = None,
    api_key_id: int | None = None,
) -> Closing:
    """Give an order to sell an open trade back; the price of a second that nobody knows yet decides it.

    No money moves here: the settlement decides (`decide_closes`). A repeated request, while the order waits or after
    the trade was sold by it, gets the present state. Raises NotFound, TradeEnded, also when an order with another
    minimum sold the trade, CloseUnderWay when such an order waits already, InvalidInput for a minimum with more places
    than the currency, TradeNotEntered, TooManyCloses, OrderExpired after `valid_until`, TradingStopped for a key that
    may not trade, the refusals of `offer_for`, and SigningUnavailable: each accepted close order has its signed
    receipt.

    The clock is read when the order holds the gate and the wallet, like an opening order's.
    """
    try:
        return _close(trade_id, user_id, min_price, clock, valid_until, api_key_id)
    except IntegrityError as error:
        if constraint_of(error) != "closes_lie_ahead":
            raise
        # The price came meanwhile: this attempt sees and refuses it.
        return _close(trade_id, user_id, min_price, clock, valid_until, api_key_id)


def _close(
    trade_id: UUID,
    user_id: int,
    min_price: Decimal | None,
    clock: Clock,
    valid_until: datetime | None,
    api_key_id: int | None,
) -> Closing:
    with transaction.atomic(durable=True):
        trade = _trade(trade_id, user_id)
        _check_places(min_price, trade.currency)
        held_instruments([trade.instrument.symbol])
        # One owner's closes come one after the other, so that each sees the effect of the one before.
        lock_wallets(owner_ids=[user_id], currency=trade.currency, demo=trade.demo)
        trade, now = _trade(trade_id, user_id), clock()
        if _is_given(trade, min_price):
            return Closing(trade, replayed=True)
        check_in_time(valid_until, now)
        if api_key_id is not None:
            restrictions_on(user_id, now=now).check_key(api_key_id)
        try:
            offer = offer_of(trade, min_price=min_price, now=now)
        except StalePrice as stale:
            raise name_the_clock(stale, now) from None
        if offer.point.priced_at > now or trade.entry_at >= now:
            # This server's clock is behind the feed's: the close order would be older than the trade's entry.
            raise StalePrice(priced_at=write_instant(offer.point.priced_at), reason="clock-behind")
        if CloseOrder.objects.filter(trade=trade).count() >= CLOSES_MAX:
            raise TooManyCloses(f"At most {CLOSES_MAX}")
        close_at = closing_second(now, rules_of(trade.rule_version))
        order = CloseOrder(id=new_id(now), trade=trade, min_price=min_price, asked_at=now, close_at=close_at)
        order.save(force_insert=True)
        store_receipt(order, trade, now=now)
        transaction.on_commit(partial(publish_changes, [Change(trade.pk, trade.user_id, trade.wallet_id)]))
        log_on_commit("close ordered", trade_id=trade.pk, user_id=user_id, instrument=trade.instrument.symbol)
        return Closing(_trade(trade_id, user_id), replayed=False)


def _trade(trade_id: UUID, user_id: int) -> FlashTrade:
    trade = trade_of(user_id, trade_id)
    if trade is None:
        raise NotFound(str(trade_id))
    return trade


def _check_places(min_price: Decimal | None, currency: str) -> None:
    """Refuse a minimum that can't be shown and proven exactly as it was asked for."""
    if min_price is not None and places(min_price) > SCALES[currency]:
        wrong = f"{currency} has {SCALES[currency]} decimal places"
        raise InvalidInput(fields=(FieldError("min_price", "too-many-places", wrong),))


def _is_given(trade: FlashTrade, min_price: Decimal | None) -> bool:
    """Whether the same order waits already, or has sold the trade. Raises CloseUnderWay or TradeEnded for another one.

    An order's minimum makes it the same or another. `valid_until` says when it may come first: a lost answer may be
    asked for later.
    """
    if trade.state == FlashTrade.State.SETTLED and trade.outcome != Result.SOLD:
        return False
    latest = close_order_of(trade)
    if latest is None or latest.state == CloseOrder.State.LAPSED:
        return False
    if latest.min_price != min_price:
        raise TradeEnded if latest.state == CloseOrder.State.SOLD else CloseUnderWay
    return True
