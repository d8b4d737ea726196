"""Settles and enters trades: decides each group of like trades, and moves their money by set-based SQL.

The price series is the clock: a trade is due when the series has passed its expiry, or when grace has run out.
Idempotent and safe side by side: every trade is locked before it changes, and trades that another worker holds are left
to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from django.db import connection, transaction

from accounts.bound_statements import bound_rows
from accounts.domain.moments import Clock
from accounts.tracing import traced
from trading.domain.settlement import Outcome, Window, find_entry, settle
from trading.metrics import count_results
from trading.models import Instrument, PriceHead
from trading.selectors.due import due_entries, due_windows
from trading.selectors.listings import newest_prices
from trading.selectors.series import points, series_to_date
from trading.steps.decide_closes import decide_closes, end_closes
from trading.steps.end_trades import end_trades
from trading.steps.log_batch import log_batch
from trading.steps.publish_changes import Change, publish_changes
from trading.steps.release_liability import release_liability
from trading.steps.settlement_sql import ENTER, LEFT, SETTLE

BATCH = 500
"""Trades per transaction: enough that round trips don't count, few enough that an order doesn't wait: it needs a wallet
that the transaction holds to its end."""

WINDOWS = 1_000
"""Distinct (direction, entry, expiry) decided at a time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The number of trades that ended, and of those that got their entry price and continue."""

    entered: int
    settled: int


@traced
def settle_due_trades(*, instrument: str, now: datetime) -> Settled:
    """Do all that the stored prices allow for this instrument's trades by now. Safe to run any number of times.

    Results come first: people wait for them. A trade past its expiry needs no entry before. An unknown instrument has
    no trades: nothing happens.
    """
    row = Instrument.objects.filter(symbol=instrument).first()
    if row is None:
        return Settled(0, 0)
    newest = next(iter(newest_prices([row.pk])), None)
    moment = _running_on(now)
    settled = entered = 0
    try:
        settled = _decide_closes(row, newest, now, moment) + _settle_all(row, newest, now, moment)
    finally:  # a failed result must not cost others their entry
        entered = _enter(row, newest) if newest else 0
    return Settled(entered, settled)


def _running_on(now: datetime) -> Clock:
    """A clock that shows `now` at this moment: results of one call are committed seconds after each other."""
    began = monotonic()
    return lambda: now + timedelta(seconds=monotonic() - began)


def _decide_closes(instrument: Instrument, newest: PriceHead | None, now: datetime, moment: Clock) -> int:
    """Decide all close orders that are due, each batch in one transaction; returns the number of sold trades."""
    sold = 0
    while decided := decide_closes(instrument=instrument, newest=newest, now=now):
        with transaction.atomic(durable=True):
            batch = end_closes(instrument=instrument, decided=decided, now=now)
        count_results(instrument, batch.sold, at=moment())
        sold += len(batch.sold)
        if not batch.ended:
            break
    return sold


def _settle_all(instrument: Instrument, newest: PriceHead | None, now: datetime, moment: Clock) -> int:
    settled = 0
    while True:
        decided = _decide(instrument, newest, now)
        done = _settle(instrument, decided, now, moment)
        settled += done
        if not done or len(decided) < WINDOWS:
            return settled


def _enter(instrument: Instrument, newest: PriceHead) -> int:
    """Lock in the entry price of every pending trade whose entry second the series has reached."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        entries = due_entries(instrument, newest.priced_at)
        prices = points(instrument.pk, [(at, at + rules.entry_wait_max) for at, rules in entries])
        found = [(at, r.version, entry.price) for at, r in entries if (entry := find_entry(at, prices, r))]
        if not found:
            return 0
        params: dict[str, Any] = {
            "instrument": instrument.pk,
            "entry_at": [at for at, _, _ in found],
            "rule_version": [version for _, version, _ in found],
            "price": [price for _, _, price in found],
        }
        cursor.execute(ENTER, params)
        changes = [Change(*row) for row in cursor.fetchall()]
        transaction.on_commit(partial(publish_changes, changes))
        log_batch("trades entered", instrument.symbol, [change.trade_id for change in changes])
    return len(changes)


def _decide(instrument: Instrument, newest: PriceHead | None, now: datetime) -> list[tuple[Window, Outcome]]:
    """The outcome of each group of due trades, those with the earliest expiry first."""
    windows = due_windows(instrument, newest=newest, now=now, limit=WINDOWS)
    spans = [(w.entry_at, w.entry_at + w.rules.entry_wait_max) for w in windows]
    spans += [(w.expires_at - w.rules.look_back_max, w.expires_at) for w in windows]
    prices = series_to_date(instrument.pk, spans, newest)
    decided = []
    for window in windows:
        outcome = settle(window, prices, final=now - window.expires_at >= window.rules.grace)
        if outcome is not None:
            decided.append((window, outcome))
    return decided


def _settle(instrument: Instrument, decided: Sequence[tuple[Window, Outcome]], now: datetime, moment: Clock) -> int:
    """Write the outcomes and move the money, each batch in one transaction; returns the number of trades."""
    if not decided:
        return 0
    params: dict[str, Any] = {
        "instrument": instrument.pk,
        "limit": BATCH,
        "among": None,
        "direction": [window.direction for window, _ in decided],
        "entry_at": [window.entry_at for window, _ in decided],
        "expires_at": [window.expires_at for window, _ in decided],
        "demo": [window.demo for window, _ in decided],
        "rule_version": [window.rule_version for window, _ in decided],
        "outcome": [outcome.result for _, outcome in decided],
        "entry_price": [outcome.entry.price if outcome.entry else None for _, outcome in decided],
        "exit_price": [outcome.exit_price for _, outcome in decided],
        "exit_samples": [outcome.exit_samples or None for _, outcome in decided],
        "void_reason": [outcome.void_reason for _, outcome in decided],
    }
    settled = _settle_batch(instrument, params, now, moment)
    if settled == BATCH:
        left = [id for (id,) in bound_rows(LEFT, params)]
        for start in range(0, len(left), BATCH):
            settled += _settle_batch(instrument, params | {"among": left[start : start + BATCH]}, now, moment)
    return settled


def _settle_batch(instrument: Instrument, params: Mapping[str, Any], now: datetime, moment: Clock) -> int:
    with transaction.atomic(durable=True):
        trades = end_trades(SETTLE, params, now=now)
        changes = [change for change, _ in trades]
        release_liability(instrument_id=instrument.pk, trades=[change.trade_id for change in changes], now=now)
        transaction.on_commit(partial(publish_changes, changes))
        if changes:
            log_batch("trades settled", instrument.symbol, [change.trade_id for change in changes])
    count_results(instrument, [ended for _, ended in trades], at=moment())
    return len(trades)
