"""All that orders are judged by besides their wallets, read in one statement after the locks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.bound_statements import prepared_rows
from accounts.domain.json_text import read_json
from accounts.domain.limits.restrictions import Restrictions
from accounts.selectors.limits.restrictions import RESTRICTION, RESTRICTIONS, restrictions_in
from trading.domain.proof.receipts import Link
from trading.models import FlashTrade, Instrument, PriceHead
from trading.selectors.listings import Listing
from trading.selectors.payouts import IN_FORCE, PAYOUTS, payouts_in
from trading.selectors.proof.receipts import ENDS, KEY, with_stamps
from trading.selectors.trades import OrderKey

HEAD = [field.attname for field in PriceHead._meta.concrete_fields]
# JSON, because one statement has one kind of row. Its numbers are exact: they are read as decimals, never as floats.
FACTS = f"""
    SELECT
        (SELECT json_agg(json_build_array({", ".join(HEAD)}))
         FROM price_heads WHERE instrument_id = ANY(%(instruments)s::bigint[]))::text,
        (SELECT json_agg(json_build_array({", ".join(PAYOUTS)}))
         FROM ({IN_FORCE}) in_force)::text,
        (SELECT json_agg(json_build_array({", ".join(RESTRICTION)}))
         FROM ({RESTRICTIONS}) restrictions)::text,
        (SELECT array_agg(t.id) FROM unnest(%(user)s::bigint[], %(key)s::text[]) AS wanted(user_id, key)
         JOIN flash_trades t ON (t.user_id, t.idempotency_key) = (wanted.user_id, wanted.key)),
        (SELECT json_agg(json_build_array(id, number, digest)) FROM ({ENDS}) AS ends(id, number, digest))::text,
        ({KEY})
"""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The listings by symbol, the restrictions by person, and the trades of those orders that are known already.

    For receipts: the ends of the wallets' chains, and the key that signs.
    """

    listings: dict[str, Listing]
    restrictions: dict[int, Restrictions]
    known: dict[OrderKey, FlashTrade]
    ends: dict[int, Link]
    key: str | None


def order_facts(
    instruments: Sequence[Instrument], owners: Mapping[int, int], keys: Sequence[OrderKey], *, now: datetime
) -> OrderFacts:
    """The facts of orders with these instruments, wallets (with their owners) and keys, as of `now`.

    Call it under the wallets' locks: they serialise two requests with one key, so the second sees the first's trade.
    One more query for known keys.
    """
    values = {
        "instruments": [instrument.pk for instrument in instruments],
        "ids": sorted(set(owners.values())),
        "wallets": list(owners),
        "user": [user for user, _ in keys],
        "key": [key for _, key in keys],
        "now": now,
    }
    ((heads, payouts, restrictions, known, ends, key),) = prepared_rows(FACTS, values)
    newest = {head.instrument_id: head for head in map(_head, _read(heads))}
    in_force = payouts_in(_read(payouts))
    return OrderFacts(
        {each.symbol: Listing(each, newest.get(each.pk), in_force[each.pk]) for each in instruments},
        restrictions_in(map(_restriction, _read(restrictions)), now=now),
        _known(known or []),
        {wallet: Link(number, digest) for wallet, number, digest in _read(ends)},
        key,
    )


def _read(text: str | None) -> list[list[Any]]:
    rows: list[list[Any]] = read_json(text) if text else []
    return rows


def _head(columns: list[Any]) -> PriceHead:
    head = PriceHead.from_db(None, HEAD, columns)
    head.priced_at = datetime.fromisoformat(columns[HEAD.index("priced_at")])
    return head


def _restriction(columns: list[Any]) -> list[Any]:
    for at in map(RESTRICTION.index, ("ends_at", "next_from")):
        columns[at] = columns[at] and datetime.fromisoformat(columns[at])
    return columns


def _known(ids: Sequence[UUID]) -> dict[OrderKey, FlashTrade]:
    if not ids:
        return {}
    trades = with_stamps(FlashTrade.objects.filter(id__in=ids).select_related("instrument"))
    return {(trade.user_id, trade.idempotency_key): trade for trade in trades}
