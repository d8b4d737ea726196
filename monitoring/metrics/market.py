"""Gauges of the market: prices, trades under way, and the keys that sign their proofs."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import Metric

from monitoring.metrics.families import Family
from monitoring.selectors.market import OVERDUE_AFTER, index_ages
from trading.metrics import book_of
from trading.selectors.books import book_states
from trading.selectors.proof.proofs import signing_since
from trading.selectors.venues import venues_in_prices, venues_out

INDEX_AGE = Family("index_age_seconds", "Age of the newest index price", "instrument", "source")
UNSETTLED = Family("trades_unsettled", "Trades under way", "instrument", "book")
OVERDUE = Family("trades_overdue", "Trades 10 s past expiry, unsettled")
STAKES = Family("stakes_held", "Stakes of the trades under way", "instrument", "book")
EXPOSURE = Family("exposure", "The house's liability on them, as the cap counts it", "instrument", "book", "currency")
CAP = Family("exposure_cap", "The cap on it, where there is one", "instrument", "book", "currency")
KEY_AGE = Family("signing_key_age_seconds", "Age of the key that signs proofs", "kid")
VENUE_OUT = Family("venue_out", "Heard, but not in the newest price", "venue", "instrument", "reason")

VENUES_COUNTED = Family("index_venues", "Venues that count in the newest price", "instrument")
VENUES_MIN = Family("index_venues_min", "With fewer there is no price", "instrument")


def read_index_ages(now: datetime) -> Iterator[Metric]:
    ages = [(age.instrument, age.source or "", age.seconds) for age in index_ages(now)]
    yield INDEX_AGE.of(((symbol, source), age) for symbol, source, age in ages if age is not None)


def read_books(now: datetime) -> Iterator[Metric]:
    states = [(state, (state.symbol, book_of(state.demo))) for state in book_states(overdue_before=now - OVERDUE_AFTER)]
    yield UNSETTLED.of((name, state.trades) for state, name in states)
    yield STAKES.of((name, state.staked) for state, name in states)
    yield OVERDUE.single(sum(state.overdue for state, _ in states))
    yield EXPOSURE.of(((*name, state.currency), state.liability) for state, name in states)
    yield CAP.of(
        ((*name, state.currency), state.liability_max) for state, name in states if state.liability_max is not None
    )


def read_keys(now: datetime) -> Iterator[Metric]:
    yield KEY_AGE.of(((kid,), (now - since).total_seconds()) for kid, since in signing_since().items())


def read_venues_out(now: datetime) -> Iterator[Metric]:
    yield VENUE_OUT.of(((venue, symbol, reason), 1) for (symbol, venue), reason in venues_out().items())


def read_venues_counted(now: datetime) -> Iterator[Metric]:
    counted = venues_in_prices()
    yield VENUES_COUNTED.of(((symbol,), count) for symbol, (count, _) in counted.items())
    yield VENUES_MIN.of(((symbol,), least) for symbol, (_, least) in counted.items())
