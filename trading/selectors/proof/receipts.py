"""The signed receipts of acceptances: those of trades and close orders, and the chains of wallets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Func, JSONField, Model, QuerySet

from accounts.bound_statements import bound_rows
from trading.domain.proof.receipts import Link, Seen, Stamp
from trading.models import CloseOrder, FlashTrade, Receipt

Row = TypeVar("Row", bound=Model)

ENDS = """
    SELECT w.id, r.number, encode(r.digest, 'hex')
    FROM unnest(%(wallets)s::bigint[]) AS w(id), LATERAL (
        SELECT number, digest FROM receipts WHERE wallet_id = w.id ORDER BY number DESC LIMIT 1
    ) AS r(number, digest)
"""
"""The end of the chain of each of these wallets, of those that have one."""

KEY = "SELECT json_build_array(id, kid)::text FROM signing_keys WHERE retired_at IS NULL"
"""The key that signs; no row before the first signature."""

CLOSING = f"""
    SELECT ({KEY}), e.number, e.digest, h.sequence, h.digest
    FROM price_heads h LEFT JOIN ({ENDS}) AS e(id, number, digest) ON true
    WHERE h.instrument_id = %(instrument)s
"""


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """The facts for the receipt of a close order: the key, the end of its wallet's chain, and the newest price."""

    key: str | None
    end: Link | None
    seen: Seen


def closing_facts(*, wallet_id: int, instrument_id: int) -> ClosingFacts:
    """Call it under the wallet's lock. The instrument has a price."""
    values = {"wallets": [wallet_id], "instrument": instrument_id}
    ((key, number, digest, sequence, price_digest),) = bound_rows(CLOSING, values)
    return ClosingFacts(key, None if number is None else Link(number, digest), Seen(sequence, price_digest))


STAMP = """(
    SELECT jsonb_build_array(r.wallet_id, r.number, encode(r.previous, 'hex'), r.price_sequence,
        encode(r.price_digest, 'hex'), k.kid, encode(r.signature, 'hex'))
    FROM receipts r JOIN signing_keys k ON k.id = r.key_id WHERE r.id = {id}
)"""
"""The stamp of the receipt with this id; null without a receipt."""


class _StampOf(Func):
    template = STAMP.format(id="%(expressions)s")
    output_field = JSONField()


def with_stamps(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Read the stamp of the receipt of each trade or close order too, in the same query: for `stamp_of`."""
    return cast("QuerySet[Row]", rows.annotate(stamp=_StampOf("pk")))


def stamp_of(row: FlashTrade | CloseOrder) -> Stamp | None:
    """The stamp of the receipt of this trade's order, or of this close order; None for one older than receipts.

    Without a query for rows that were read `with_stamps`.
    """
    unread: Any = row
    found = getattr(unread, "stamp", unread)
    if found is unread:
        found = type(row)._default_manager.filter(pk=row.pk).values_list(_StampOf("pk"), flat=True).first()
    if found is None:
        return None
    wallet, number, previous, sequence, price_digest, kid, signature = found
    return Stamp(wallet, number, previous, Seen(sequence, price_digest), kid, bytes.fromhex(signature))


@dataclass(frozen=True, slots=True)
class Linked:
    """A receipt of a wallet's chain, with its digest, its trade and, if it is that of a close order, this."""

    number: int
    digest: str
    trade: FlashTrade
    close: CloseOrder | None


def chain_of(wallet_id: int, *, after: int = 0, limit: int = 1000) -> list[Linked]:
    """The receipts of a wallet with a higher number than `after`, ascending: three queries."""
    return _linked(Receipt.objects.filter(wallet_id=wallet_id, number__gt=after).order_by("number")[:limit])


def end_of_chain(wallet_id: int, *, before: int | None, limit: int) -> list[Linked]:
    """The newest receipts of a wallet, of those with a number below `before` if it is given, descending."""
    mine = Receipt.objects.filter(wallet_id=wallet_id, **({} if before is None else {"number__lt": before}))
    return _linked(mine.order_by("-number")[:limit])


def _linked(receipts: QuerySet[Receipt]) -> list[Linked]:
    rows = list(receipts.values_list("id", "number", "digest"))
    trades, closes = _trades_and_closes([id for id, _, _ in rows])
    found = []
    for id, number, digest in rows:
        close = closes.get(id)
        trade = close.trade if close else trades.get(id)
        if trade is not None:
            found.append(Linked(number, bytes(digest).hex(), trade, close))
    return found


def _trades_and_closes(ids: Sequence[UUID]) -> tuple[dict[UUID, FlashTrade], dict[UUID, CloseOrder]]:
    trades = with_stamps(FlashTrade.objects.filter(pk__in=ids).select_related("instrument"))
    closes = with_stamps(CloseOrder.objects.filter(pk__in=ids).select_related("trade__instrument"))
    return {trade.pk: trade for trade in trades}, {close.pk: close for close in closes}
