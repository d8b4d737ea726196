from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from accounts.selectors import house_ids
from accounts.services.post_transfers import post_selected_transfers
from trading.services.settlement_sql import MOVES


def post_ends(trade_ids: Sequence[UUID], *, now: datetime) -> int:
    """Make the transfers that the ends of these trades ask for, in the transaction that ends them; how many."""
    houses = house_ids()
    params = {
        "trades": list(trade_ids),
        "house_currency": [currency for currency, _ in houses],
        "house_demo": [demo for _, demo in houses],
        "house_id": list(houses.values()),
    }
    return post_selected_transfers(MOVES, params, now=now)
