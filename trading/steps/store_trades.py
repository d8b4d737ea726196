from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.selectors.ledger.house import HOUSES
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.post_transfers import post_with_changes
from trading.models import FlashTrade
from trading.steps.publish_changes import Change, publish_changes
from trading.steps.sign_receipts import INSERT_WITH_TRADES, Receipts

COLUMNS = {
    "id": "uuid",
    "user_id": "bigint",
    "wallet_id": "bigint",
    "instrument_id": "bigint",
    "idempotency_key": "text",
    "order_digest": "text",
    "direction": "text",
    "stake": "numeric",
    "currency": "text",
    "demo": "boolean",
    "duration_seconds": "int",
    "payout_rate": "numeric",
    "payout_version": "int",
    "payout": "numeric",
    "rule_version": "smallint",
    "accepted_at": "timestamptz",
    "entry_at": "timestamptz",
    "expires_at": "timestamptz",
    "state": "text",
}
"""The columns of a new trade; all others are empty until it enters."""

STORED = f"""
    stored AS (
        INSERT INTO flash_trades ({", ".join(COLUMNS)})
        SELECT * FROM unnest({", ".join(f"%({name})s::{type}[]" for name, type in COLUMNS.items())})
        RETURNING id, wallet_id, stake, currency, demo
    ),
    signed AS ({INSERT_WITH_TRADES}),
    house AS ({HOUSES}),
"""
STAKES = """
    SELECT 'stake' AS kind, 'pending' AS phase, wallet_id AS source_id, house_id AS target_id, stake AS amount,
           currency, demo, id AS reference
    FROM stored JOIN house USING (currency, demo)
"""
HELD = "SELECT (SELECT count(*) FROM stored), (SELECT count(*) FROM posted), (SELECT count(*) FROM signed)"


def store_trades(trades: Sequence[FlashTrade], receipts: Receipts, *, now: datetime) -> None:
    """Store new trades with their receipts and hold their stakes, in one statement inside the caller's transaction.

    After the commit their owners who listen hear of them, and the log tells of each. Raises IntegrityError where the
    database refuses a trade or a stake: the caller checks under the wallets' locks what a person can cause.
    """
    if not trades:
        return
    columns: dict[str, object] = {name: [getattr(trade, name) for trade in trades] for name in COLUMNS}
    ((stored, held, signed),) = post_with_changes(
        STORED, STAKES, HELD, columns | receipts.columns, now=now, prepared=True
    )
    if not stored == held == signed == len(trades):
        raise AssertionError(f"{len(trades)} trades: {stored} stored, {held} stakes held, {signed} receipts")
    changes = [Change(trade.id, trade.user_id, trade.wallet_id) for trade in trades]
    transaction.on_commit(partial(publish_changes, changes))
    for trade in trades:
        where = {"instrument": trade.instrument.symbol, "demo": trade.demo}
        log_on_commit("trade opened", trade_id=trade.id, user_id=trade.user_id, **where)
