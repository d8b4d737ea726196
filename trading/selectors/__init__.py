"""Reads of this room, for its doors and for the rooms above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.domain.texts import storable
from trading.domain.errors import UnknownInstrument
from trading.domain.payouts import Payouts
from trading.domain.terms import Status
from trading.models import CloseOrder, FlashTrade, Instrument, PriceHead, TradeCorrection
from trading.selectors.payouts import payouts_in_force

STAKES = "SELECT id AS reference, wallet_id, stake, state = 'settled' AS settled, profit, sale FROM flash_trades"
"""What the ledger's holds, payouts and sales must match, one row a trade: for the reconciliation."""

CORRECTIONS = """
    SELECT c.trade_id AS reference, t.wallet_id, c.amount, -t.profit AS due
    FROM trade_corrections c JOIN flash_trades t ON t.id = c.trade_id
"""
"""What the ledger's reversals must match, one row a void trade: for the reconciliation."""


# The gate is an empty table, held in ROW SHARE from here on. `hold_orders` waits for that, and is waited for.
HELD = """
    SELECT * FROM instruments
    WHERE symbol = ANY(%s) AND NOT EXISTS (SELECT FROM order_gate FOR KEY SHARE) ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Listing:
    """An instrument with its newest index price, None before the first one, and the payouts in force."""

    instrument: Instrument
    newest: PriceHead | None
    payouts: Payouts


def listed_instruments() -> list[Instrument]:
    """All instruments that aren't retired."""
    return list(Instrument.objects.filter(status__in=[status for status in Status if status.listed]))


def listings(now: datetime) -> list[Listing]:
    """All instruments that aren't retired, as they stand at `now`: three queries however many there are."""
    return _as_listed(listed_instruments(), now)


def listing(symbol: str, now: datetime) -> Listing:
    """One instrument as it stands at `now`. Raises UnknownInstrument."""
    found = listings_by_symbol([symbol], now)
    if not found:
        raise UnknownInstrument(symbol)
    return found[symbol]


def listings_by_symbol(symbols: Iterable[str], now: datetime, *, hold: bool = False) -> dict[str, Listing]:
    """These instruments, whatever their status, by symbol; the unknown ones are missing.

    With `hold` whoever changes their status or caps waits for the end of the caller's transaction.
    """
    wanted = sorted({symbol for symbol in symbols if storable(symbol)})
    found = _as_listed(
        Instrument.objects.raw(HELD, [wanted]) if hold else Instrument.objects.filter(symbol__in=wanted), now
    )
    return {item.instrument.symbol: item for item in found}


def _as_listed(instruments: Iterable[Instrument], now: datetime) -> list[Listing]:
    listed = list(instruments)
    ids = [instrument.pk for instrument in listed]
    newest = {price.instrument_id: price for price in newest_prices(ids)}
    in_force = payouts_in_force(ids, now)
    return [Listing(instrument, newest.get(instrument.pk), in_force[instrument.pk]) for instrument in listed]


def newest_prices(instrument_ids: Iterable[int]) -> list[PriceHead]:
    """The end of each of these price chains; an instrument without a price has none."""
    return list(PriceHead.objects.filter(instrument_id__in=list(instrument_ids)))


def _with_details(trades: QuerySet[FlashTrade]) -> QuerySet[FlashTrade]:
    """All that a trade is shown with, at the cost of one more query for them all."""
    latest = CloseOrder.objects.order_by("trade_id", "-id").distinct("trade_id")
    return trades.select_related("instrument", "correction").prefetch_related(
        Prefetch("close_orders", latest, to_attr="latest_close")
    )


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Which trades to show: of an instrument, with an outcome, of the demo or the real book. None: all."""

    instrument: str | None = None
    outcome: str | None = None
    demo: bool | None = None

    @property
    def facts(self) -> dict[str, object]:
        """As the columns have it."""
        wanted = {"instrument__symbol": self.instrument, "outcome": self.outcome, "demo": self.demo}
        return {name: value for name, value in wanted.items() if value is not None}


def trades_of(
    user_id: int, *, before: UUID | None = None, limit: int = 50, wanted: TradeFilter | None = None
) -> list[FlashTrade]:
    """A person's trades, newest first, those with an id below `before`."""
    query = _with_details(FlashTrade.objects.filter(user_id=user_id, **(wanted or TradeFilter()).facts))
    if before is not None:
        query = query.filter(id__lt=before)
    return list(query.order_by("-id")[:limit])


def traded_symbols(user_id: int) -> list[str]:
    """What this person has ever traded, whatever its status now."""
    traded = FlashTrade.objects.filter(user_id=user_id, instrument=OuterRef("pk"))
    return list(Instrument.objects.filter(Exists(traded)).values_list("symbol", flat=True))


def trade_of(user_id: int, trade_id: UUID) -> FlashTrade | None:
    """One of this person's trades, or None: somebody else's doesn't exist for them."""
    return _with_details(FlashTrade.objects.filter(user_id=user_id, id=trade_id)).first()


def correction_of(trade: FlashTrade) -> TradeCorrection | None:
    """The void of this trade, if there is one; at no cost for trades that the selectors of this module have read."""
    correction: TradeCorrection | None = getattr(trade, "correction", None)
    return correction


def close_order_of(trade: FlashTrade) -> CloseOrder | None:
    """The latest close order of this trade; at no cost for trades that the selectors of this module have read."""
    read: list[CloseOrder] | None = getattr(trade, "latest_close", None)
    return next(iter(trade.close_orders.all()[:1] if read is None else read), None)


def trade_by_key(user_id: int, idempotency_key: str) -> FlashTrade | None:
    """The trade that this person's order with this key became, if it landed."""
    return trades_by_keys([(user_id, idempotency_key)]).get((user_id, idempotency_key))


def trades_by_keys(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], FlashTrade]:
    """The trades that orders with these (user, idempotency key) became."""
    wanted = set(keys)
    rows = FlashTrade.objects.filter(
        user_id__in={user for user, _ in wanted}, idempotency_key__in={key for _, key in wanted}
    ).select_related("instrument")
    found = {(trade.user_id, trade.idempotency_key): trade for trade in rows}
    return {key: trade for key, trade in found.items() if key in wanted}


def trades_by_id(ids: Iterable[UUID]) -> list[FlashTrade]:
    """These trades as they now stand, whoever's they are."""
    return list(_with_details(FlashTrade.objects.filter(id__in=list(ids))))


def instruments_with_due_trades(now: datetime) -> list[str]:
    """Symbols with trades whose entry, closing or expiry second has come: the sweep looks at these."""
    waiting = FlashTrade.objects.filter(instrument=OuterRef("pk"))
    closing = CloseOrder.objects.filter(trade__instrument=OuterRef("pk"), state="waiting", close_at__lte=now)
    return list(
        Instrument.objects.filter(
            Exists(waiting.filter(state="pending", entry_at__lte=now))
            | Exists(waiting.exclude(state="settled").filter(expires_at__lte=now))
            | Exists(closing)
        ).values_list("symbol", flat=True)
    )


def current_trades_of(user_id: int, recent: int = 20) -> list[FlashTrade]:
    """All unsettled trades of a person and the latest settled ones, newest first."""
    query = _with_details(FlashTrade.objects.filter(user_id=user_id))
    unsettled = list(query.exclude(state="settled").order_by("-id"))
    settled = list(query.filter(state="settled").order_by("-id")[:recent])
    return sorted(unsettled + settled, key=lambda trade: trade.id, reverse=True)


def open_trades_of(user_ids: Iterable[int], *, symbol: str | None = None) -> list[FlashTrade]:
    """The trades of these people that have entered and are under way, those of one instrument if it is given."""
    query = FlashTrade.objects.filter(user_id__in=list(user_ids), state=FlashTrade.State.OPEN)
    if symbol is not None:
        query = query.filter(instrument__symbol=symbol)
    return list(query.select_related("instrument").order_by("id"))


@dataclass(frozen=True, slots=True)
class TradeCounts:
    """How many trades aren't settled, how many of them should be, and what is staked on them in all."""

    unsettled: int
    overdue: int
    staked: Decimal


def trade_counts(*, overdue_before: datetime) -> TradeCounts:
    """For health and metrics: a trade is overdue when it expired before `overdue_before` and isn't settled."""
    counts = FlashTrade.objects.exclude(state="settled").aggregate(
        unsettled=Count("pk"),
        overdue=Count("pk", filter=Q(expires_at__lt=overdue_before)),
        staked=Coalesce(Sum("stake"), Decimal(0)),
    )
    return TradeCounts(**counts)
