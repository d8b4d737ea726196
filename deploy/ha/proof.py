"""What the clients saw and what the database has, compared: whether an order was lost or doubled."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import psycopg

from deploy.ha.faults import Loss
from deploy.ha.orders import Acknowledged, Told
from deploy.load.afterwards import compared, report

FIRST_SUCCESS_SECONDS_MAX = 15.0
MOVES = """
    SELECT count(*) FROM flash_trades AS trade WHERE (
        SELECT count(*) FILTER (WHERE phase = 'pending') <> 1 OR count(*) FILTER (WHERE phase IN ('post', 'void')) <> 1
        FROM transfers WHERE transfers.kind = 'stake' AND transfers.reference = trade.id
    )
"""
FIRST_AFTER = """
    SELECT (SELECT min(extract(epoch FROM priced_at)) FROM index_prices WHERE priced_at > to_timestamp(%(at)s)),
        (SELECT min(extract(epoch FROM settled_at)) FROM flash_trades WHERE settled_at > to_timestamp(%(at)s))
"""


def of_fault(loss: Loss, told: Told, until: float, database: str) -> dict[str, Any]:
    """Returns the figures of one loss, in seconds after it; `until` is the moment of the next one."""
    after = [order for order in told.orders if loss.gone <= order.sent < until]
    with psycopg.connect(database) as connection:
        price, settlement = connection.execute(FIRST_AFTER, {"at": loss.at}).fetchone() or (None, None)
    failures = Counter(why for at, why in told.failures if loss.at <= at < until)
    return {
        "fault": loss.fault,
        "lost": loss.lost,
        "successor": loss.successor,
        "successor after": loss.seconds,
        "first success after": _after(loss, min((order.answered for order in after), default=None)),
        "longest pause of orders": _pause([order.answered for order in told.orders], loss.at, until),
        "longest silence of a socket": _pause(told.prices, loss.at, until),
        "first price after": _after(loss, price),
        "first settlement after": _after(loss, settlement),
        "orders": len(after),
        "failed tries": dict(failures.most_common(6)),
    }


def of_all(told: Told, database: str) -> dict[str, Any]:
    """Returns the comparison of the acknowledged orders with the stored trades, and the chain of prices."""
    with psycopg.connect(database) as connection:
        wrong = connection.execute(MOVES).fetchone() or (None,)
    unanswered = {key for _, key in told.unanswered}
    return {
        **report(database),
        **compared(database, [(order.key, order.trade) for order in told.orders]),
        "acknowledged after several tries": sum(order.tries > 1 for order in told.orders),
        "never answered": len(unanswered),
        "trades without one hold and one release of their stake": wrong[0],
    }


def across(losses: Sequence[Loss], orders: Sequence[Acknowledged]) -> list[str]:
    """Returns the trades that were acknowledged last before each loss: the prices that decide them span it."""
    found = []
    for loss in losses:
        before = [order for order in orders if order.answered < loss.at]
        if before:
            found.append(max(before, key=lambda order: order.answered).trade)
    return found


def faults_of(figures: Sequence[dict[str, Any]], whole: dict[str, Any]) -> list[str]:
    """Returns all that is not as it must be, in words; nothing if the proof stands."""
    found = [
        f"{each['fault']}: {name} {each[name]} s"
        for each in figures
        for name in ("first success after", "longest pause of orders")
        if each[name] is None or each[name] > FIRST_SUCCESS_SECONDS_MAX
    ]
    found += [f"{each['fault']}: nothing was settled" for each in figures if each["first settlement after"] is None]
    found += [f"{name}: {whole[name]}" for name in MUST_BE_NONE if whole[name]]
    if whole["trades"] != whole["distinct orders"]:
        found.append(f"{whole['trades']} trades of {whole['distinct orders']} orders")
    if whole["trades"] != whole["trades that a standby exports"]:
        found.append(f"a standby exports {whole['trades that a standby exports']} of {whole['trades']} trades")
    return found


MUST_BE_NONE = (
    "lost",
    "doubled",
    "never answered",
    "unsettled",
    "breaks of the price chain",
    "trades without one hold and one release of their stake",
    "replays with another trade",
    "replays without an answer",
    "trades that can't be verified",
    "processes that ended",
    "discrepancies of the ledger",
)


def _after(loss: Loss, moment: Any) -> float | None:
    return None if moment is None else round(float(moment) - loss.at, 1)


def _pause(moments: Sequence[float], begin: float, end: float) -> float:
    """The longest time without one of the moments from `begin` to `end`; it may have begun before."""
    before = sorted(moment for moment in moments if moment < begin)[-1:]
    inside = sorted(moment for moment in moments if begin <= moment < end)
    gaps = [later - earlier for earlier, later in pairwise([*(before or [begin]), *inside, end])]
    return round(max(gaps), 1)
