"""Checks the prices of a proof: each follows from its venues, and none was changed, left out or put in."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise

from accounts.domain.notation import write_instant
from trading.domain.index import PRECISION, counted, fresh, index_of, mid_of, possible
from trading.domain.prices import FIRST_LINK, Source, chain_digest
from trading.domain.pricing import SECOND
from trading.domain.proof.proof import Proof, ProvenChain, ProvenPrice, ProvenWindow
from trading.domain.proof.report import Report
from trading.domain.rules import RULES, Rules
from trading.domain.venues import Out, agreeing


def check_windows(proof: Proof, report: Report) -> list[ProvenPrice]:
    """Check the chain of the trade's own instrument: it has every second that the rules look at.

    Returns its prices, ascending.
    """
    series = check_chain(proof.chain, report)
    for window in proof.windows:
        _check_ends(window, series, proof, report)
    of_trade = {price.pip for price in series} <= {proof.terms.pip}
    report.check(of_trade, "price", "a price was rounded to another pip than the trade's")
    return series


def check_chain(chain: ProvenChain, report: Report) -> list[ProvenPrice]:
    """Check that no piece has a gap, and that all of them belong to one chain. Returns its prices, ascending."""
    by_number = {price.sequence: price for piece in chain.pieces for price in piece}
    same = all(by_number[price.sequence] == price for piece in chain.pieces for price in piece)
    report.check(same, "chain", f"{chain.instrument}: two prices with one sequence number")
    series = [price for _, price in sorted(by_number.items())]
    for piece in chain.pieces:
        for before, price in zip([None, *piece], piece, strict=False):
            _check_price(price, before, chain.instrument, report)
        for before, after in pairwise(piece):
            linked = after.sequence == before.sequence + 1 and after.previous == before.digest
            report.check(linked, "chain", f"{_name(after)} does not follow {before.sequence}")
    for before, after in pairwise(series):
        _check_order(before, after, report)
    one_pip = len({price.pip for price in series}) <= 1
    report.check(one_pip, "price", f"{chain.instrument}: not all prices were rounded to the same pip")
    needs = sorted({price.venues_min or 0 for price in series if price.rule_version > 1})
    if len(needs) > 1:
        told = ", ".join(map(str, needs))
        report.note(f"how many venues a price of {chain.instrument} needs changed: {told}")
    return series


def _check_order(before: ProvenPrice, after: ProvenPrice, report: Report) -> None:
    """Also across pieces: at most one price a second, and no sequence number without its second."""
    seconds = (after.priced_at - before.priced_at) // SECOND
    in_order = after.sequence - before.sequence <= seconds and after.rule_version >= before.rule_version
    if after.sequence == before.sequence + 1:
        in_order = in_order and after.previous == before.digest
    report.check(in_order, "chain", f"{_name(after)} does not come after {before.sequence} in time")


def _check_ends(window: ProvenWindow, series: Sequence[ProvenPrice], proof: Proof, report: Report) -> None:
    name, span, prices = f"{window.span.purpose} window", window.span, window.prices
    if not report.check(bool(prices), "window", f"{name}: there are no prices"):
        return
    first, last = prices[0], prices[-1]
    if first.priced_at > span.since:
        starts = (first.sequence, first.previous) == (1, FIRST_LINK)
        at = write_instant(first.priced_at)
        report.check(starts, "window", f"{name}: prices before {at} are missing")
    if last.priced_at < span.until:
        has_later_prices = proof.chain.has_later_prices(last.sequence) or any(
            price.priced_at > last.priced_at for price in series
        )
        at, made_at = write_instant(last.priced_at), write_instant(proof.issued_at)
        if report.check(not has_later_prices, "window", f"{name}: prices after {at} are missing"):
            report.note(f"{name}: no price after {at} was known when the proof was made, at {made_at}")


def _name(price: ProvenPrice) -> str:
    return f"{price.instrument} {price.sequence} of {write_instant(price.priced_at)}"


def _check_price(price: ProvenPrice, before: ProvenPrice | None, instrument: str, report: Report) -> None:
    name = _name(price)
    report.check(price.instrument == instrument, "price", f"{name}: of another instrument than {instrument}")
    report.check(price.priced_at.microsecond == 0, "price", f"{name}: not at a whole second")
    rules = RULES.get(price.rule_version)
    if rules is None:
        report.check(False, "rule-version", f"{name}: unknown rules")
    else:
        made = _made_of_inputs(price, before, rules)
        report.check(made == price.price, "price", f"{name}: its venues make {made}, not {price.price}")
        _check_clocks(name, price, rules, report)
    digest = chain_digest(
        instrument=price.instrument,
        sequence=price.sequence,
        priced_at=price.priced_at,
        price=price.price,
        source=price.source,
        venues=price.venues,
        previous=price.previous,
        rule_version=price.rule_version,
        pip=price.pip,
        venues_min=price.venues_min,
    )
    report.check(digest == price.digest, "digest", f"{name}: the digest is not that of its content")


def _made_of_inputs(price: ProvenPrice, before: ProvenPrice | None, rules: Rules) -> Decimal | None:
    """None for inputs that the index doesn't take: another set, another order, other `out` marks or too few venues."""
    if fresh(price.ticks, price.priced_at, rules) != list(price.ticks) or not possible(price.venues, rules):
        return None
    if before is not None and before.sequence + 1 == price.sequence and not _rightly_out(price, before, rules):
        return None
    if price.rule_version > 1 and (price.venues_min or 0) < 1:
        return None
    return index_of(price.venues, pip=price.pip, venues_min=price.venues_min or 1, rules=rules)


def _rightly_out(price: ProvenPrice, before: ProvenPrice, rules: Rules) -> bool:
    """Whether exactly those venues are marked that deviate, given the venues that counted in the price before."""
    if rules.deviation_max is None:
        return True
    told = {str(item["venue"]): item for item in price.venues if item.get("out") != Out.SKEWED}
    with localcontext(PRECISION):
        mids = {venue: mid_of(item) for venue, item in told.items()}
        agree = agreeing(mids, before=counted(before.venues), bound=rules.deviation_max)
    return {venue for venue, item in told.items() if item.get("out")} == mids.keys() - agree


def _check_clocks(name: str, price: ProvenPrice, rules: Rules, report: Report) -> None:
    """A clock is off by the least (receipt - venue's time) of 10 s, and a price shows one of these differences.

    That one can prove a clock ahead. It can't prove a clock right.
    """
    if rules.deviation_max is None:
        return
    for tick in price.ticks:
        offset = tick.received_at - tick.venue_at if tick.venue_at is not None else None
        if tick.skewed and (offset is None or abs(offset) <= rules.clock_skew_max):
            report.note(f"{name}: its own times don't show that the clock of {tick.venue} was wrong")
        if not tick.skewed and offset is not None and price.source == Source.LIVE:
            told = f"{name}: the clock of {tick.venue} was ahead, yet it counts"
            report.check(offset >= -rules.clock_skew_max, "price", told)
