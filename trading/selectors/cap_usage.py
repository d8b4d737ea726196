"""Single traders' use of an instrument, counted from their trades; only for instruments with such a cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.bound_statements import prepared_rows
from trading.domain.caps import TraderUsage

# Each trade is read once: those under way by their index, those that have ended since the window began by theirs. A
# trade ends after its acceptance, but by the clock of another program: ten minutes between the two change nothing.
# "Under way" is said as the index of people says it, `flash_trades_of_a_person`.
USAGE = """
    SELECT wanted.wallet_id, wanted.instrument_id, under_way.trades, under_way.staked + ended.staked
    FROM unnest(%(wallet)s::bigint[], %(user)s::bigint[], %(instrument)s::bigint[], %(since)s::timestamptz[])
        AS wanted(wallet_id, user_id, instrument_id, since)
    CROSS JOIN LATERAL (
        SELECT count(*) AS trades, coalesce(sum(t.stake) FILTER (WHERE t.accepted_at > wanted.since), 0) AS staked
        FROM flash_trades t
        WHERE t.user_id = wanted.user_id AND t.wallet_id = wanted.wallet_id AND t.settled_at IS NULL
          AND t.instrument_id = wanted.instrument_id
    ) under_way
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(t.stake), 0) AS staked FROM flash_trades t
        WHERE t.user_id = wanted.user_id AND t.wallet_id = wanted.wallet_id AND t.state = 'settled'
          AND t.settled_at > wanted.since - interval '10 minutes' AND t.accepted_at > wanted.since
          AND t.instrument_id = wanted.instrument_id
    ) ended
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
    }
    return {(wallet, instrument): TraderUsage(*usage) for wallet, instrument, *usage in prepared_rows(USAGE, params)}
