"""Trades, for their owners, the settlement, health and the reconciliation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.domain.identity import first_id_at
from accounts.late_reads import late_database
from trading.models import CloseOrder, FlashTrade, TradeCorrection
from trading.selectors.due import to_settle
from trading.selectors.proof.receipts import with_stamps

STAKES = "SELECT id AS reference, wallet_id, stake, state = 'settled' AS settled, profit, sale FROM flash_trades"
"""The trade's side of the ledger's holds, payouts and sales, one row a trade: for the reconciliation."""

CORRECTIONS = """
    SELECT c.trade_id AS reference, t.wallet_id, c.amount, -t.profit AS due
    FROM trade_corrections c JOIN flash_trades t ON t.id = c.trade_id
"""
"""The trade's side of the ledger's reversals, one row a void trade: for the reconciliation."""

OrderKey = tuple[int, str]
"""The user and the idempotency key of an order."""

LATEST_SETTLED = """
    SELECT t.id FROM unnest(%s::bigint[]) AS person, LATERAL (
        SELECT id FROM flash_trades WHERE user_id = person AND state = 'settled' ORDER BY id DESC LIMIT %s
    ) AS t
"""


def _with_details(trades: QuerySet[FlashTrade]) -> QuerySet[FlashTrade]:
    """With all details that a trade is shown with; one more query for all trades together."""
    latest = CloseOrder.objects.order_by("trade_id", "-id").distinct("trade_id")
    return trades.select_related("instrument", "correction").prefetch_related(
        Prefetch("close_orders", latest, to_attr="latest_close")
    )


@dataclass(frozen=True, slots=True)
class TradeFilter:
    """Filters by instrument, outcome, demo or real book, and time of acceptance, `until` excluded. None: all."""

    instrument: str | None = None
    outcome: str | None = None
    demo: bool | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def facts(self) -> dict[str, object]:
        """The filters as columns and values."""
        wanted = {
            "instrument__symbol": self.instrument,
            "outcome": self.outcome,
            "demo": self.demo,
            # Ids ascend with time, and the index of a person's trades has them.
            "id__gte": first_id_at(self.since) if self.since else None,
            "id__lt": first_id_at(self.until) if self.until else None,
        }
        return {name: value for name, value in wanted.items() if value is not None}


def trades_of(
    user_id: int, *, before: UUID | None = None, limit: int = 50, wanted: TradeFilter | None = None
) -> list[FlashTrade]:
    """A person's trades, newest first, only those with an id below `before`. These pages of the past may be late."""
    query = _with_details(FlashTrade.objects.filter(user_id=user_id, **(wanted or TradeFilter()).facts))
    if before is not None:
        query = query.using(late_database()).filter(id__lt=before)
    return list(query.order_by("-id")[:limit])


def trade_of(user_id: int, trade_id: UUID) -> FlashTrade | None:
    """One of this person's trades; None for an unknown id and for another person's trade."""
    return _with_details(with_stamps(FlashTrade.objects.filter(user_id=user_id, id=trade_id))).first()


def correction_of(trade: FlashTrade) -> TradeCorrection | None:
    """The void of this trade, if there is one; without a query for trades from this module's selectors."""
    correction: TradeCorrection | None = getattr(trade, "correction", None)
    return correction


def close_order_of(trade: FlashTrade) -> CloseOrder | None:
    """The latest close order of this trade; without a query for trades from this module's selectors."""
    read: list[CloseOrder] | None = getattr(trade, "latest_close", None)
    return next(iter(trade.close_orders.all()[:1] if read is None else read), None)


def trade_by_key(user_id: int, idempotency_key: str) -> FlashTrade | None:
    """The trade of this person's order with this key, if the order was accepted."""
    mine = FlashTrade.objects.filter(user_id=user_id, idempotency_key=idempotency_key)
    return _with_details(mine).first()


def trades_of_keys(user_id: int, keys: Sequence[str]) -> list[FlashTrade]:
    """The trades of this person's orders with these keys, of those that were accepted, newest first."""
    mine = FlashTrade.objects.filter(user_id=user_id, idempotency_key__in=list(keys))
    return list(_with_details(mine).order_by("-id"))


def trades_by_id(ids: Iterable[UUID]) -> list[FlashTrade]:
    """The present state of these trades, of any owner."""
    return list(_with_details(FlashTrade.objects.filter(id__in=list(ids))))


def current_trades_of(user_id: int, recent: int = 20) -> list[FlashTrade]:
    """All unsettled trades of a person and the latest settled ones, newest first."""
    return current_trades_of_each([user_id], recent)[user_id]


def current_trades_of_each(user_ids: Sequence[int], recent: int = 20) -> dict[int, list[FlashTrade]]:
    """The same for each of these people; three queries for any number of them."""
    mine = FlashTrade.objects.filter(user_id__in=user_ids)
    with connection.cursor() as cursor:
        cursor.execute(LATEST_SETTLED, [list(user_ids), recent])
        latest = [id for (id,) in cursor.fetchall()]
    shown = _with_details(mine.filter(Q(settled_at=None) | Q(id__in=latest)))
    found: dict[int, list[FlashTrade]] = {user_id: [] for user_id in user_ids}
    for trade in shown.order_by("-id"):
        found[trade.user_id].append(trade)
    return found


def open_trades_of(user_ids: Iterable[int], *, symbol: str | None = None) -> list[FlashTrade]:
    """The open trades of these people: entered and not settled. `symbol` limits them to one instrument."""
    under_way = FlashTrade.objects.filter(user_id__in=list(user_ids), settled_at=None)
    query = under_way.exclude(state=FlashTrade.State.PENDING)
    if symbol is not None:
        query = query.filter(instrument__symbol=symbol)
    return list(query.select_related("instrument").order_by("id"))


@dataclass(frozen=True, slots=True)
class TradeCounts:
    """The number of unsettled trades, of overdue ones among them, and their stakes in total."""

    unsettled: int
    overdue: int
    staked: Decimal


def trade_counts(*, overdue_before: datetime) -> TradeCounts:
    """For health and metrics: a trade is overdue when it expired by `overdue_before` and isn't settled."""
    counts = FlashTrade.objects.exclude(state="settled").aggregate(
        unsettled=Count("pk"),
        overdue=Count("pk", filter=to_settle(overdue_before)),
        staked=Coalesce(Sum("stake"), Decimal(0)),
    )
    return TradeCounts(**counts)
