"""The counts of this room, for Prometheus. The service that knows an event counts it, after its commit.

The labels have few values: instruments, books, outcomes, codes. Amounts become floats here and nowhere else: a chart of
them needs no cent, and no decision reads them.
"""

from collections import Counter as Counted
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from prometheus_client import Counter, Gauge, Histogram

from accounts.domain.errors import Refusal
from trading.domain.endings import Ended
from trading.models import FlashTrade, Instrument

ACCEPTED = Counter("cryptotrader_trades_accepted_total", "Orders that became trades", ["instrument", "book"])
STAKES = Counter("cryptotrader_stakes_accepted_total", "Their stakes", ["currency", "book"])
REFUSED = Counter("cryptotrader_orders_refused_total", "Orders that a rule refused", ["code"])
SETTLED = Counter("cryptotrader_trades_settled_total", "Trades that ended", ["instrument", "book", "outcome"])
PAYOUTS = Counter("cryptotrader_payouts_total", "Paid by the house: gains, and sales", ["currency", "book"])

SOCKETS = Gauge("cryptotrader_sockets", "Open sockets", ["kind"], multiprocess_mode="livesum")
CLOSES = Counter("cryptotrader_socket_closes_total", "Sockets that ended, by the code of the close", ["code"])
GAPS = Counter("cryptotrader_hub_gaps_total", "Times that a process may have missed news, and read the state anew")


class Weighted(Histogram):
    """A histogram that takes many equal values at once."""

    def observe_many(self, amount: float, count: int) -> None:
        """Count `amount` so many times."""
        self._sum.inc(amount * count)
        fitting = next(
            bucket for bucket, bound in zip(self._buckets, self._upper_bounds, strict=True) if amount <= bound
        )
        fitting.inc(count)


LAG = Weighted(
    "cryptotrader_settlement_lag_seconds",
    "From the second that decides a trade to the commit of its result",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)


def book_of(demo: bool) -> str:
    """The value of the label `book`."""
    return "demo" if demo else "real"


def count_orders(accepted: Iterable[FlashTrade], refused: Iterable[Refusal]) -> None:
    """Count the trades of new orders, and the refused orders: those that are alike at once. A replay is neither."""
    alike: Counted[tuple[str, str]] = Counted()
    stakes: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for trade in accepted:
        book = book_of(trade.demo)
        alike[trade.instrument.symbol, book] += 1
        stakes[trade.currency, book] += trade.stake
    for labels, count in alike.items():
        ACCEPTED.labels(*labels).inc(count)
    for labels, staked in stakes.items():
        STAKES.labels(*labels).inc(float(staked))
    for code, count in Counted(refusal.code for refusal in refused).items():
        REFUSED.labels(code).inc(count)


def count_results(instrument: Instrument, ended: Sequence[Ended], *, at: datetime) -> None:
    """Count trades that have ended together, at the time of their commit. Thousands of them cost a few additions."""
    alike = Counted((each.result, each.demo, each.due_at) for each in ended)
    paid: defaultdict[bool, Decimal] = defaultdict(Decimal)
    for each in ended:
        paid[each.demo] += each.paid
    for (outcome, demo, due_at), count in alike.items():
        SETTLED.labels(instrument.symbol, book_of(demo), outcome).inc(count)
        lag = (at - due_at).total_seconds()
        if lag >= 0:  # a void that missed its entry ends before its time
            LAG.observe_many(lag, count)
    for demo, amount in paid.items():
        PAYOUTS.labels(instrument.currency, book_of(demo)).inc(float(amount))


CODES = {1000, 1001, 1005, 1006, 1009, 1011, 1012, 1013, 4401, 4404, 4408, 4409, 4429}
"""Those of the protocol and ours. A client may close with any number: the others count as one."""


def count_close(code: int | None) -> None:
    """Count a socket that has ended, with the code of the side that closed it."""
    CLOSES.labels(str(code) if code in CODES else "other").inc()


class Tally:
    """Counts in a plain number, and tells the counters now and then: an event costs nanoseconds, not a microsecond."""

    def __init__(self) -> None:
        self.frames = self.conflations = 0
        self._frames = Counter("cryptotrader_socket_frames_total", "Frames sent to sockets")
        self._conflations = Counter(
            "cryptotrader_socket_conflations_total", "Market frames that a newer one replaced before they were sent"
        )
        self._told = (0, 0)

    def tell(self) -> None:
        """Bring the counters up to date; one thread at a time."""
        now = (self.frames, self.conflations)
        self._frames.inc(now[0] - self._told[0])
        self._conflations.inc(now[1] - self._told[1])
        self._told = now


FRAMES = Tally()
"""Of this process: its event loop counts, the state of the process tells."""
