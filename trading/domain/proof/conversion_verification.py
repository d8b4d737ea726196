"""Checks the conversions of a proof: the price that converts a quote is the newest one of its own chain."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.domain.notation import write_decimal, write_instant
from trading.domain.index import Conversion
from trading.domain.proof.chain_verification import check_chain
from trading.domain.proof.day_verification import Published, check_days
from trading.domain.proof.proof import Proof, ProvenChain, ProvenPrice
from trading.domain.proof.report import Report
from trading.domain.rules import RULES, Rules


@dataclass(frozen=True, slots=True)
class _Rates:
    """The chain of a conversion, and its prices by sequence number."""

    chain: ProvenChain
    prices: dict[int, ProvenPrice]


def check_conversions(proof: Proof, published: Published | None, report: Report) -> None:
    """Check that each quote in the seconds looked at was converted at the price it names (rule 1).

    The chains of the conversions are whole, and lead to their own days.
    """
    chains = {chain.instrument: chain for chain in proof.conversions}
    report.check(len(chains) == len(proof.conversions), "conversion", "two chains of one instrument")
    rates = {symbol: _check_chain(chain, proof, published, report) for symbol, chain in chains.items()}
    for window in proof.windows:
        for price in window.inside:
            rules = RULES.get(price.rule_version)
            if rules is None:
                continue
            for used in price.conversions:
                _check_used(price, used, rates.get(used.instrument), rules, report)


def _check_chain(chain: ProvenChain, proof: Proof, published: Published | None, report: Report) -> _Rates:
    symbol, currency = chain.instrument, proof.instrument.partition("-")[2]
    rates = _Rates(chain, {price.sequence: price for price in check_chain(chain, report)})
    pure = not any(price.conversions for price in rates.prices.values())
    report.check(pure, "conversion", f"{symbol} converts others, and is converted itself")
    report.check(symbol.partition("-")[0] == currency, "conversion", f"{symbol} doesn't say what a {currency} is worth")
    converted = [
        window
        for window in proof.windows
        if any(used.instrument == symbol for price in window.inside for used in price.conversions)
    ]
    check_days(chain, converted, published, report)
    return rates


def _check_used(price: ProvenPrice, used: Conversion, rates: _Rates | None, rules: Rules, report: Report) -> None:
    """Check that this price existed at that time, had this value, and was the newest."""
    name = f"{price.instrument} {price.sequence} of {write_instant(price.priced_at)}"
    name = f"{name}, converted by {used.instrument} {used.sequence} at {write_decimal(used.price)}"
    if rates is None or used.sequence not in rates.prices:
        report.check(False, "conversion", f"{name}: it is not in the proof")
        return
    rate, after = rates.prices[used.sequence], rates.prices.get(used.sequence + 1)
    age = price.priced_at - rate.priced_at
    same = (rate.price, rate.source) == (used.price, price.source) and timedelta(0) <= age <= rules.tick_age_max
    told = f"{name}: it is {write_decimal(rate.price)} of {write_instant(rate.priced_at)}, {rate.source}"
    # A second has one price at most, so a newer price can exist only if this one is of an earlier second.
    if not report.check(same, "conversion", told) or age == timedelta(0):
        return
    if after is not None:
        report.check(after.priced_at > price.priced_at, "conversion", f"{name}: it was not the newest")
    elif report.check(
        not rates.chain.has_later_prices(used.sequence), "conversion", f"{name}: what came after it is missing"
    ):
        report.note(f"{name}: none after it was known when the proof was made")
