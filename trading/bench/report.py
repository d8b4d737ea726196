"""Prints the figures of a bench as lines of text."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median

from trading.bench.errors import Estimate
from trading.bench.lag import Lag
from trading.bench.settlement import Measured
from trading.bench.sniping import PAYOUT_RATE, Figures


def settlement_lines(runs: Sequence[Measured]) -> Iterator[str]:
    """The lines for the runs of one size."""
    trades = runs[0].trades
    yield f"{trades:,} trades due at one second, median (min to max) of {len(runs)} runs"
    for label, seconds in (
        ("opened, 500 a commit", [run.opening_seconds for run in runs]),
        ("given their entry price", [run.entering_seconds for run in runs]),
        ("settled", [run.settling_seconds for run in runs]),
        ("bare SQL on the same rows", [run.bare_seconds for run in runs]),
    ):
        middle = median(seconds)
        span = f"({min(seconds):.3f} to {max(seconds):.3f})"
        yield f"  {label:28} {middle:7.3f} s {span:20} {trades / middle:10,.0f} a second"
    ratios = [run.ratio for run in runs]
    yield f"  settled : bare SQL           {median(ratios):7.2f}   ({min(ratios):.2f} to {max(ratios):.2f})"


def lag_lines(lag: Lag) -> Iterator[str]:
    pace = f"{lag.orders_per_second:.0f} a second"
    yield f"{lag.trades:,} trades opened at {pace}, real feed, worker and beat ({lag.refused} orders refused)"
    yield "  from the price of the expiry second to the settlement, as streams hear of both"
    yield f"  p50 {lag.p50 * 1000:.0f} ms   p99 {lag.p99 * 1000:.0f} ms   longest {lag.longest * 1000:.0f} ms"


def sniping_lines(figures: Iterable[Figures]) -> Iterator[str]:
    """Profit per unit staked ± one standard error."""
    yield f"profit per unit staked of a bot that sees the market early, payout rate {PAYOUT_RATE} ± standard error"
    yield "  (by drawing blocks of time anew, since trades overlap: with few blocks it is rough and rather too small)"
    for market, listed in groupby(figures, key=lambda each: each.market):
        yield f"  {market}"
        yield "    lead  trade  the bot acts                      orders  blocks       our rules   displayed price"
        for each in listed:
            yield (
                f"   {each.lead_seconds:4.1f} s  {each.duration_seconds:3} s  {each.acting:30}"
                f" {each.ours.count:7,} {each.ours.blocks:7} {_figure(each.ours)}   {_figure(each.at_shown_price)}"
            )


def _figure(estimate: Estimate) -> str:
    return f"{estimate.mean:+.3f} ± {estimate.error:.3f}"
