from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.domain.webhooks.events import Event
from accounts.steps.post_transfers import post_with_changes
from accounts.steps.push.tell_by_push import tell_by_push
from accounts.steps.webhooks.tell_by_webhook import tell_by_webhook
from trading.domain.endings import ENDINGS, Ended
from trading.steps.publish_changes import Change
from trading.steps.settlement_sql import END, ENDED, MOVES

ENDING: Mapping[str, Any] = {
    "ending": list(ENDINGS),
    "stake_phase": [ending.stake_phase for ending in ENDINGS.values()],
    "stake_kept": [ending.stake_kept for ending in ENDINGS.values()],
    "paid_as": [ending.paid_as for ending in ENDINGS.values()],
    "of_payout": [ending.of_payout for ending in ENDINGS.values()],
    "of_stake": [ending.of_stake for ending in ENDINGS.values()],
    "of_sale": [ending.of_sale for ending in ENDINGS.values()],
}
"""ENDINGS as the columns of END."""


def end_trades(taken: str, params: Mapping[str, Any], *, now: datetime) -> list[tuple[Change, Ended]]:
    """End the `taken` trades and make the transfers of ENDINGS, in one statement; returns the trades that ended.

    `taken` is SETTLE or SELL, with `params`: clauses that end in the locked trades with their results. Inside the
    caller's transaction.
    """
    rows = post_with_changes(taken + END, MOVES, ENDED, {**params, **ENDING}, now=now)
    for *_ids, posted, due in rows[:1]:
        if posted != due:
            raise AssertionError(f"{len(rows)} trades ended with {posted} transfers instead of {due}")
    ended = [(Change(*row[:3]), Ended(*row[3:])) for *row, _posted, _due in rows]
    results = [(change.user_id, change.trade_id) for change, _ in ended]
    tell_by_webhook(Event.TRADE_SETTLED, results, now=now)
    tell_by_push(results, now=now)
    return ended
