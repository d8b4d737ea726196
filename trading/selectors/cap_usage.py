"""Single traders' use of an instrument, counted from their trades; only for instruments with such a cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.bound_statements import prepared_rows
from accounts.domain.identity import first_id_at
from trading.domain.caps import TraderUsage

USAGE = """
    SELECT wanted.wallet_id, wanted.instrument_id,
        (SELECT count(*) FROM flash_trades t
         WHERE t.user_id = wanted.user_id AND t.wallet_id = wanted.wallet_id AND t.state <> 'settled'
           AND t.instrument_id = wanted.instrument_id),
        (SELECT coalesce(sum(stake), 0) FROM flash_trades t
         WHERE t.user_id = wanted.user_id AND t.wallet_id = wanted.wallet_id AND t.id >= wanted.first_id
           AND t.instrument_id = wanted.instrument_id AND t.accepted_at > wanted.since)
    FROM unnest(%(wallet)s::bigint[], %(user)s::bigint[], %(instrument)s::bigint[], %(first)s::uuid[],
                %(since)s::timestamptz[]) AS wanted(wallet_id, user_id, instrument_id, first_id, since)
"""


@dataclass(frozen=True, slots=True)
class WalletOn:
    """A wallet, its owner, the instrument, and the start of the window of stakes there."""

    wallet_id: int
    user_id: int
    instrument_id: int
    since: datetime


def usage_on_instruments(wanted: Sequence[WalletOn]) -> dict[tuple[int, int], TraderUsage]:
    """By (wallet id, instrument id). Exact until the transaction ends if the wallets are locked. One query, or none."""
    if not wanted:
        return {}
    params: dict[str, Any] = {
        "wallet": [each.wallet_id for each in wanted],
        "user": [each.user_id for each in wanted],
        "instrument": [each.instrument_id for each in wanted],
        "since": [each.since for each in wanted],
        "first": [first_id_at(each.since) for each in wanted],
    }
    return {(wallet, instrument): TraderUsage(*usage) for wallet, instrument, *usage in prepared_rows(USAGE, params)}
