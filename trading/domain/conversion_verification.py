"""The prices that turned quotes into the currency of the trade's index: each the newest of a chain of its own."""

from datetime import timedelta

from accounts.domain.notation import write_instant
from trading.domain.chain_verification import check_chain
from trading.domain.day_verification import Published, check_days
from trading.domain.index import Conversion
from trading.domain.proof import Proof, ProvenChain, ProvenPrice
from trading.domain.report import Report
from trading.domain.rules import RULES


def check_conversions(proof: Proof, published: Published | None, report: Report) -> None:
    """Rule 1: each quote of the seconds looked at was converted as it says. These chains are whole, and lead to their
    own days."""
    chains = {chain.instrument: chain for chain in proof.conversions}
    report.check(len(chains) == len(proof.conversions), "conversion", "two chains of one instrument")
    rates: dict[str, dict[int, ProvenPrice]] = {}
    for symbol, chain in chains.items():
        rates[symbol] = {price.sequence: price for price in check_chain(chain, report)}
        pure = not any(price.conversions for price in rates[symbol].values())
        report.check(pure, "conversion", f"{symbol} converts others, and is converted itself")
        check_days(chain, published, report)
    for window in proof.windows:
        for price in window.prices:
            if window.span.since <= price.priced_at <= window.span.until:
                for used in price.conversions:
                    known = rates.get(used.instrument, {})
                    if _check_used(price, used, known, report):
                        _check_newest(price, used, known, chains[used.instrument], proof, report)


def _check_used(price: ProvenPrice, used: Conversion, known: dict[int, ProvenPrice], report: Report) -> bool:
    """Whether that price was there to convert with, and said this."""
    rate, rules = known.get(used.sequence), RULES.get(price.rule_version)
    if not report.check(rate is not None, "conversion", f"{_name(price, used)}: it is not in the proof"):
        return False
    if rate is None or rules is None:
        return False
    in_time = timedelta(0) <= price.priced_at - rate.priced_at <= rules.tick_age_max
    told = f"{_name(price, used)}: it is {rate.price} of {write_instant(rate.priced_at)}, {rate.source}"
    return report.check(in_time and (rate.price, rate.source) == (used.price, price.source), "conversion", told)


def _check_newest(
    price: ProvenPrice,
    used: Conversion,
    known: dict[int, ProvenPrice],
    chain: ProvenChain,
    proof: Proof,
    report: Report,
) -> None:
    """A second has one price at most: only after one of an earlier second there may have been another by then."""
    after = known.get(used.sequence + 1)
    if known[used.sequence].priced_at == price.priced_at:
        return
    if after is not None:
        report.check(after.priced_at > price.priced_at, "conversion", f"{_name(price, used)}: it was not the newest")
        return
    told = f"{_name(price, used)}: what came after it is missing"
    if report.check(not chain.goes_on(used.sequence), "conversion", told):
        made_at = write_instant(proof.issued_at)
        report.note(f"{used.instrument}: none after {used.sequence} was known when the proof was made, at {made_at}")


def _name(price: ProvenPrice, used: Conversion) -> str:
    at = write_instant(price.priced_at)
    return (
        f"{price.instrument} {price.sequence} of {at}, converted by {used.instrument} {used.sequence} at {used.price}"
    )
