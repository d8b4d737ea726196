"""Accepts orders: checks, reserves the stake and stores the trade, in one transaction for the whole batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.errors import IdempotencyKeyReused, Refusal
from accounts.domain.identity import new_id
from accounts.domain.moments import Clock
from accounts.selectors.cashier.currencies import check_real_currency
from accounts.steps.lock_wallets import LockedWallet, WalletKey, lock_wallets_across_books
from accounts.tracing import traced
from trading.domain.errors import InsufficientForStake, PriceMoved, ServerClockWrong, StalePrice, UnknownInstrument
from trading.domain.orders import Order, agree, check_in_time
from trading.domain.quotes import bind
from trading.domain.terms import PayoutOffer, Terms
from trading.metrics import count_orders
from trading.models import FlashTrade, Instrument
from trading.selectors.listings import Listing, held_instruments
from trading.selectors.orders.order_facts import OrderFacts, order_facts
from trading.services.orders.make_quote import quote_of
from trading.steps.admit_by_caps import Caps
from trading.steps.admit_orders import Admission
from trading.steps.claim_liability import Claim, Pool, StripesShort
from trading.steps.keep_to_key_limits import KeyAllowances
from trading.steps.market_of import market_of
from trading.steps.name_the_clock import name_the_clock
from trading.steps.offer_payouts import PayoutOffers
from trading.steps.publish_refusals import publish_refusals
from trading.steps.sign_receipts import Receipts, sign_acceptance
from trading.steps.store_trades import store_trades
from trading.wire.quotes import quote

Wallets = dict[WalletKey, LockedWallet]

SEEN_NEXT_TIME = ("one_trade_a_key", "entries_lie_ahead")
"""These conflicts come from a change during the wait for a lock: the same key came in another book, which has another
wallet, or the price of the entry second came. Nothing was stored, and a second attempt sees the change."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted order and its trade; `replayed` when the same order was accepted before."""

    trade: FlashTrade
    replayed: bool


def open_trade(order: Order, *, clock: Clock) -> Accepted:
    """Accept one order, or raise its Refusal."""
    (result,) = open_trades([order], clock=clock)
    if isinstance(result, Refusal):
        raise result
    return result


@traced
def open_trades(orders: Sequence[Order], *, clock: Clock) -> list[Accepted | Refusal]:
    """Accept or refuse each order; the results have the same order.

    All have one acceptance time. It is read when the orders hold the gate and the wallets: no change of a status that
    they waited for, or that waits for them, has a time on the wrong side of it.
    Idempotent: an order with a known key gets its trade, or IdempotencyKeyReused if its content is different. Refused
    orders leave nothing behind. Other refusals: see `Admission`, `Caps`, `Quote.check`, `agree`, InsufficientForStake.
    Each accepted order has its signed receipt. Raises ServerClockWrong or SigningUnavailable for all of them together.
    """
    try:
        results = _take(orders, clock)
    except Refusal as refusal:
        count_orders([], [refusal] * len(orders))
        publish_refusals((order, refusal) for order in orders)
        raise
    taken = (each.trade for each in results if isinstance(each, Accepted) and not each.replayed)
    count_orders(taken, (each for each in results if isinstance(each, Refusal)))
    both = zip(orders, results, strict=True)
    publish_refusals((order, refusal) for order, refusal in both if isinstance(refusal, Refusal))
    return results


def _take(orders: Sequence[Order], clock: Clock) -> list[Accepted | Refusal]:
    while True:
        try:
            return _find_room(orders, clock)
        except IntegrityError as error:
            if constraint_of(error) == "acceptances_by_the_clock":
                raise ServerClockWrong from error
            if constraint_of(error) not in SEEN_NEXT_TIME:
                raise


def _find_room(orders: Sequence[Order], clock: Clock) -> list[Accepted | Refusal]:
    """First each wallet takes from its own stripe of the capacities; if that is not enough, all stripes are locked."""
    wanted: dict[Pool, Decimal] = {}
    while True:
        try:
            return _open_trades(orders, wanted, clock)
        except StripesShort as short:
            for pool, liability in short.wanted.items():
                wanted[pool] = min(liability, wanted.get(pool, liability))


def _open_trades(orders: Sequence[Order], wanted: Mapping[Pool, Decimal], clock: Clock) -> list[Accepted | Refusal]:
    with transaction.atomic(durable=True):
        instruments = held_instruments(order.instrument for order in orders)
        wallets = _lock(orders, instruments)
        now = clock()
        owners = {wallet.id: wallet.owner_id for wallet in wallets.values()}
        keys = [(order.user_id, order.idempotency_key) for order in orders]
        facts = order_facts(instruments, owners, keys, now=now)
        caps = Caps(instruments, wallets.values(), wanted, now)
        allowances = KeyAllowances(orders, facts.restrictions, now)
        batch = _Batch(facts, wallets, caps, allowances, now)
        results = [batch.take(order) for order in orders]
        batch.store()
    return results


def _lock(orders: Sequence[Order], instruments: Sequence[Instrument]) -> Wallets:
    currencies = {instrument.symbol: instrument.currency for instrument in instruments}
    keys = [(currencies[o.instrument], o.demo, o.user_id) for o in orders if o.instrument in currencies]
    return lock_wallets_across_books(keys)


class _Batch:
    """The orders of one transaction, the amounts that they have used of each wallet, and their trades."""

    def __init__(
        self, facts: OrderFacts, wallets: Wallets, caps: Caps, allowances: KeyAllowances, now: datetime
    ) -> None:
        self.listings, self.known = facts.listings, facts.known
        self.wallets, self.caps, self.allowances, self.now = wallets, caps, allowances, now
        self.markets = {symbol: market_of(listing) for symbol, listing in self.listings.items()}
        self.admission = Admission(wallets, facts.restrictions, now)
        self.offers = PayoutOffers(self.listings.values())
        self.available = {wallet.id: wallet.available for wallet in wallets.values()}
        self.receipts = Receipts(facts.key, facts.ends, now)
        self.trades: list[FlashTrade] = []

    def take(self, order: Order) -> Accepted | Refusal:
        earlier = self.known.get((order.user_id, order.idempotency_key))
        if earlier is not None:
            same = earlier.order_digest == order.digest
            return Accepted(earlier, replayed=True) if same else IdempotencyKeyReused(order.idempotency_key)
        try:
            trade = self._accept(order)
        except StalePrice as stale:
            return name_the_clock(stale, self.now)
        except Refusal as refusal:
            return refusal
        self.allowances.add(order, trade)
        self.known[order.user_id, order.idempotency_key] = trade
        self.trades.append(trade)
        return Accepted(trade, replayed=False)

    def _accept(self, order: Order) -> FlashTrade:
        check_in_time(order.valid_until, self.now)
        listing = self.listings.get(order.instrument)
        if listing is None:
            raise UnknownInstrument(order.instrument)
        self.admission.check_person(order)
        terms, offer = self._agree(order, listing)
        if not order.demo:
            check_real_currency(terms.currency)
        wallet = self.wallets.get((terms.currency, order.demo, order.user_id))
        if wallet is None or self.available[wallet.id] < terms.stake:
            raise InsufficientForStake
        claim = Claim(listing.instrument, order.demo, wallet.id, terms)
        self.caps.check(claim)
        self.allowances.check(order, wallet_id=wallet.id, stake=terms.stake)
        self.admission.check_stake(wallet, terms.stake)
        self.caps.add(claim)
        self.available[wallet.id] -= terms.stake
        return _trade(order, listing, terms, offer, wallet)

    def _agree(self, order: Order, listing: Listing) -> tuple[Terms, PayoutOffer]:
        market, offered = self.markets[order.instrument], self.offers.offer(listing, order.quote_request)
        if order.quote is not None:
            order.quote.check(order.quote_request, market.rule_version)
        offer, least = bind(offered, order.quote, order.min_payout_rate, now=self.now)
        try:
            terms = agree(
                market,
                direction=order.direction,
                stake=order.stake,
                duration_seconds=order.duration_seconds,
                offer=offer,
                min_payout_rate=least,
                demo=order.demo,
                now=self.now,
            )
        except PriceMoved as moved:
            quoted = quote_of(listing, order.quote_request, offered, self.now)
            fresh = quote(quoted.quote, token=quoted.token, listing=listing, now=self.now)
            moved.extra |= {"payout_rate": fresh["payout_rate"], "quote": fresh}  # of now, not of the quote
            raise
        return terms, offer

    def store(self) -> None:
        if self.trades:
            # Before the capacities are locked, which many wallets share.
            for trade in self.trades:
                sign_acceptance(trade, self.listings[trade.instrument.symbol].newest, self.receipts)
            self.caps.take()
            store_trades(self.trades, self.receipts, now=self.now)
            self.allowances.store()


_BLANK = {field.attname: field.get_default() for field in FlashTrade._meta.concrete_fields}


def _trade(order: Order, listing: Listing, terms: Terms, offer: PayoutOffer, wallet: LockedWallet) -> FlashTrade:
    columns = dict(
        _BLANK,
        id=new_id(terms.accepted_at),
        user_id=order.user_id,
        wallet_id=wallet.id,
        instrument_id=listing.instrument.pk,
        idempotency_key=order.idempotency_key,
        order_digest=order.digest,
        direction=terms.direction,
        stake=terms.stake,
        currency=terms.currency,
        demo=order.demo,
        duration_seconds=terms.duration_seconds,
        payout_rate=terms.payout_rate,
        payout_version=offer.version,
        payout=terms.payout,
        rule_version=terms.rule_version,
        accepted_at=terms.accepted_at,
        entry_at=terms.entry_at,
        expires_at=terms.expires_at,
    )
    # By place: a model that gets names looks up each of its fields.
    trade = FlashTrade(*columns.values())  # type: ignore[misc]
    trade.instrument = listing.instrument
    return trade
