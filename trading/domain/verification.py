"""Replaying a proof: is this result what the rules and the prices in it make of it, and is the chain of them whole?

`static/verify/verify_trade.py` does the same for traders, and shares no line with this on purpose.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from itertools import pairwise

from accounts.domain.notation import write_decimal, write_instant
from trading.domain.days import DAY, day_of
from trading.domain.index import PRECISION, fresh, index_of, possible
from trading.domain.merkle import climb, leaf_hash
from trading.domain.prices import FIRST_LINK, chain_digest
from trading.domain.proof import Proof, ProofUnreadable, ProvenPrice, ProvenWindow, spans
from trading.domain.report import Report
from trading.domain.rules import RULES, Rules
from trading.domain.sale_verification import check_sale
from trading.domain.settlement import Outcome, Result, Window, settle
from trading.domain.terms import entry_second


def verify(proof: Proof, published: Mapping[date, str] | None = None) -> Report:
    """Replay the proof; its signature is checked before, where it is read.

    `published`: the daily digests of its instrument, as they were published. Raises ProofUnreadable for numbers and
    times that no trade could have.
    """
    try:
        with localcontext(PRECISION):
            return _verify(proof, published)
    except ArithmeticError as error:
        raise ProofUnreadable(f"no trade can have such numbers: {error!r}") from error


def _verify(proof: Proof, published: Mapping[date, str] | None) -> Report:
    report = Report()
    for day, digest in proof.days:
        same = published is None or published.get(day.day) == digest
        report.check(same, "day", f"{day.day}: another digest was published")
    for window in proof.windows:
        _check_window(window, proof, report)
    _check_days(proof, report)
    terms = proof.terms
    rules = RULES.get(terms.rule_version)
    if rules is None:
        report.check(False, "rule-version", f"unknown rules: {terms.rule_version}")
        return report
    _check_terms(proof, rules, report)
    expected = spans(
        accepted_at=terms.accepted_at,
        entry_at=terms.entry_at,
        expires_at=terms.expires_at,
        rules=rules,
        asked_at=proof.told.sale.asked_at if proof.told.sale else None,
    )
    told = [window.span for window in proof.windows]
    report.check(told == expected, "window", "not the seconds that the rules look at")
    prices = {price.sequence: price for window in proof.windows for price in window.prices}
    same = all(prices[price.sequence] == price for window in proof.windows for price in window.prices)
    report.check(same, "chain", "two prices with one sequence number")
    series = sorted(prices.values(), key=lambda price: (price.priced_at, price.price))
    _check_acceptance(proof, series, rules, report)
    _check_outcome(proof, series, report)
    _check_correction(proof, report)
    return report


def _check_window(window: ProvenWindow, proof: Proof, report: Report) -> None:
    """One piece of the chain: nothing changed, nothing left out."""
    name, span, prices = f"{window.span.purpose} window", window.span, window.prices
    for price in prices:
        _check_price(price, proof, report)
    for before, after in pairwise(prices):
        linked = after.sequence == before.sequence + 1 and after.previous == before.digest
        report.check(linked, "chain", f"{name}: price {after.sequence} does not follow {before.sequence}")
        in_order = after.priced_at > before.priced_at and after.rule_version >= before.rule_version
        report.check(in_order, "chain", f"{name}: price {after.sequence} is out of order")
    if not report.check(bool(prices), "window", f"{name}: there are no prices"):
        return
    first, last = prices[0], prices[-1]
    if first.priced_at > span.since:
        starts = (first.sequence, first.previous) == (1, FIRST_LINK)
        at = write_instant(first.priced_at)
        report.check(starts, "window", f"{name}: prices before {at} are missing")
    if last.priced_at < span.until:
        goes_on = any((day.last_sequence or 0) > last.sequence for day, _ in proof.days)
        at = write_instant(last.priced_at)
        if report.check(not goes_on, "window", f"{name}: prices after {at} are missing"):
            report.note(f"{name}: no price after {at} was known when the proof was made")


def _check_price(price: ProvenPrice, proof: Proof, report: Report) -> None:
    name = f"price {price.sequence} of {write_instant(price.priced_at)}"
    of_trade = (price.instrument, price.pip) == (proof.instrument, proof.terms.pip)
    report.check(of_trade, "price", f"{name}: of another instrument or pip")
    report.check(price.priced_at.microsecond == 0, "price", f"{name}: not at a whole second")
    rules = RULES.get(price.rule_version)
    if rules is None:
        report.check(False, "rule-version", f"{name}: unknown rules")
    else:
        made = _made_of_inputs(price, rules)
        report.check(made == price.price, "price", f"{name}: its venues make {made}, not {price.price}")
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


def _made_of_inputs(price: ProvenPrice, rules: Rules) -> Decimal | None:
    """None for inputs that the index would not have taken, or not so many, or not in this order."""
    if fresh(price.ticks, price.priced_at, rules) != list(price.ticks) or not possible(price.venues, rules):
        return None
    return index_of(price.venues, pip=price.pip, venues_min=price.venues_min or 1, rules=rules)


def _check_terms(proof: Proof, rules: Rules, report: Report) -> None:
    terms = proof.terms
    entry_at = entry_second(terms.accepted_at, rules)
    report.check(terms.entry_at == entry_at, "terms", f"the entry second should be {write_instant(entry_at)} (rule 4)")
    in_time = (
        terms.expires_at == terms.entry_at + timedelta(seconds=terms.duration_seconds)
        and terms.duration_seconds >= rules.duration_min_seconds
    )
    report.check(in_time, "terms", "the expiry second is not entry second + duration (rule 5)")
    report.check(proof.payout == terms.payout, "terms", f"the payout should be {terms.payout} (rule 7)")
    report.check(terms.stake > 0 and terms.payout_rate > 0, "terms", "not a trade")


def _check_acceptance(proof: Proof, series: Sequence[ProvenPrice], rules: Rules, report: Report) -> None:
    """Rule 3: there was a fresh price, and the trade is under the rules that were in force with it."""
    terms = proof.terms
    since = terms.accepted_at - rules.price_age_max
    known = [price for price in series if since <= price.priced_at < terms.entry_at]
    if report.check(bool(known), "terms", "there was no fresh price when the order was taken (rule 3)"):
        in_force = terms.rule_version in {price.rule_version for price in known}
        report.check(in_force, "rule-version", f"rules {terms.rule_version} were not in force at acceptance")


def _check_outcome(proof: Proof, series: Sequence[ProvenPrice], report: Report) -> None:
    terms, told = proof.terms, proof.told
    points = [price.point for price in series]
    if told.sale is not None:
        check_sale(proof, told.sale, points, report)
        return
    window = Window(terms.direction, terms.entry_at, terms.expires_at, terms.pip, proof.demo, terms.rule_version)
    found = settle(window, points, final=True) or Outcome(Result.VOIDED)
    expected = {
        "outcome": (told.outcome, found.result),
        "void_reason": (told.void_reason, found.void_reason),
        "entry_price": (told.entry_price, found.entry.price if found.entry else None),
        "exit_price": (told.exit_price, found.exit_price),
        "exit_samples": (told.exit_samples, found.exit_samples or None),
        "profit": (told.profit, _profit(proof, found.result)),
    }
    for name, (said, right) in expected.items():
        report.check(said == right, "outcome", f"{name} is {_word(said)}, by the rules and prices it is {_word(right)}")


def _check_correction(proof: Proof, report: Report) -> None:
    if proof.correction is not None:
        undone = proof.correction == -proof.told.profit != 0
        report.check(undone, "correction", "the correction does not give back what the trade moved (rule 10)")
        report.note(f"the trade was voided afterwards: {proof.correction_reason}")


def _profit(proof: Proof, result: Result) -> Decimal:
    stake = proof.terms.stake
    return {Result.WON: proof.payout - stake, Result.LOST: -stake}.get(result, Decimal(0))


def _word(value: object) -> str:
    return write_decimal(value) if isinstance(value, Decimal) else str(value)


def _check_days(proof: Proof, report: Report) -> None:
    """Rule 11: the last price of each window and day is in the digest that was published of that day."""
    days = {day.day: day for day, _ in proof.days}
    for day, digest in proof.days:
        report.check(day.digest == digest, "day", f"{day.day}: the digest is not that of its content")
        report.check(day.instrument == proof.instrument, "day", f"{day.day}: of another instrument")
    for (before, digest), (after, _) in pairwise(proof.days):
        if after.day == before.day + DAY:
            report.check(after.previous == digest, "day", f"{after.day} does not follow {before.day}")
    for window in proof.windows:
        for at, price in {day_of(price.priced_at): price for price in window.prices}.items():
            if at not in days:
                report.note(f"the digest of {at} was not published yet when the proof was made")
                continue
            root = climb(
                leaf_hash(price.digest),
                index=price.sequence - (days[at].first_sequence or 0),
                size=days[at].count,
                path=proof.paths.get((at, price.sequence), ()),
            )
            report.check(root == days[at].root, "day", f"price {price.sequence} is not in the digest of {at}")
