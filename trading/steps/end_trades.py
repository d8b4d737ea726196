from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.selectors.ledger.wallets import house_ids
from accounts.steps.post_transfers import post_with_changes
from trading.steps.publish_changes import Change
from trading.steps.settlement_sql import ENDED, HOUSES, MOVES


def end_trades(ends: str, params: Mapping[str, Any], *, now: datetime) -> list[Change]:
    """End trades as `ends` does, and make the transfers that their ends ask for, in one statement; which ended.

    `ends` is SETTLE or SELL, with `params`: clauses that end in `ended`, the trades as they are now. Inside the
    caller's transaction.
    """
    houses = house_ids()
    house = {
        "house_currency": [currency for currency, _ in houses],
        "house_demo": [demo for _, demo in houses],
        "house_id": list(houses.values()),
    }
    rows = post_with_changes(ends + HOUSES, MOVES, ENDED, {**params, **house}, now=now)
    for *_ids, posted, due in rows[:1]:
        if posted != due:
            raise AssertionError(f"{len(rows)} trades ended with {posted} transfers instead of {due}")
    return [Change(*row) for *row, _posted, _due in rows]
