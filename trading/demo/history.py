"""Makes the demo: prices and trades, forward in time, as the running platform would have made them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.domain.moments import Clock
from trading.demo.market import readings
from trading.demo.plan import SECOND, Plan
from trading.demo.trades import open_last, open_meeting, orders_of_the_past, settle_meeting
from trading.domain.reading import Reading
from trading.feeds.source import FeedInstrument
from trading.services.prices.record_past_prices import record_past_prices


@dataclass(frozen=True, slots=True)
class Made:
    """The numbers of what was made."""

    users: int
    prices: int
    settled: int
    open: int


class _Chain:
    """An instrument's prices, recorded up to a second."""

    def __init__(self, instrument: FeedInstrument, seconds: Sequence[datetime], seed: str) -> None:
        self.instrument, self._seed = instrument, seed
        self._readings = readings(instrument, seconds, seed=seed)
        self._next: tuple[datetime, Reading] | None = next(self._readings, None)
        self.prices = 0

    def up_to(self, at: datetime) -> None:
        wanted = []
        while self._next is not None and self._next[0] <= at:
            wanted.append(self._next)
            self._next = next(self._readings, None)
        self._record(wanted)

    def of_now(self, now: datetime, recorded: datetime) -> None:
        """Record the last three seconds, as far as they lie after `recorded`: making the past has taken some."""
        seconds = [at for at in (now - n * SECOND for n in (2, 1, 0)) if at > recorded]
        self._record(list(readings(self.instrument, seconds, seed=self._seed)))

    def _record(self, wanted: list[tuple[datetime, Reading]]) -> None:
        if wanted:
            self.prices += record_past_prices(instrument=self.instrument.symbol, readings=wanted)


def _open_now(chain: _Chain, users: Sequence[int], recorded: datetime, now: datetime) -> int:
    chain.of_now(now, recorded)
    return open_last(chain.instrument.symbol, users, now)


def make_history(
    plan: Plan,
    users: Sequence[int],
    instruments: Sequence[FeedInstrument],
    *,
    seed: str,
    clock: Clock,
    tell: Callable[[str], None],
) -> Made:
    """Record the plan's prices, and let its people trade. Needs the tables' owner, and a feed that stands still.

    Raises PriceRefused when another process records prices meanwhile.
    """
    chains = {item.symbol: _Chain(item, plan.seconds[item.symbol], seed) for item in instruments}
    settled = 0
    with orders_of_the_past():
        for number, meeting in enumerate(plan.meetings, 1):
            chains[meeting.instrument].up_to(meeting.at)
            open_meeting(meeting, users)
            chains[meeting.instrument].up_to(meeting.ends)
            settled += settle_meeting(meeting)
            if number % 10 == 0 or number == len(plan.meetings):
                tell(f"{settled:,} trades settled, up to {meeting.at:%Y-%m-%d %H:%M} UTC")
        for chain in chains.values():
            chain.up_to(plan.end)
        last = sum(_open_now(chain, users, plan.end, clock().replace(microsecond=0)) for chain in chains.values())
    return Made(len(users), sum(chain.prices for chain in chains.values()), settled, last)
