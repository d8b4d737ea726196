"""Verifies a proof: do its rules and prices give this result, and is the chain of prices whole?

`static/verify/verify_trade.py` does the same for traders, and shares no line with this on purpose.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal, localcontext

from accounts.domain.notation import write_decimal, write_instant
from trading.domain.endings import ENDINGS
from trading.domain.index import PRECISION
from trading.domain.prices import PricePoint
from trading.domain.proof.chain_verification import check_windows
from trading.domain.proof.close_verification import check_closes
from trading.domain.proof.conversion_verification import check_conversions
from trading.domain.proof.day_verification import Published, check_days
from trading.domain.proof.proof import Proof, ProofUnreadable, ProvenPrice, spans
from trading.domain.proof.receipt_verification import Receipts, check_receipts
from trading.domain.proof.report import Report
from trading.domain.rules import RULES, Rules
from trading.domain.settlement import Outcome, Result, Window, settle
from trading.domain.terms import entry_second

CLOCKS_APART = timedelta(seconds=1)
"""The settling server and the signing server have separate clocks."""


NOTHING_GIVEN = Receipts({})


def verify(proof: Proof, published: Published | None = None, receipts: Receipts = NOTHING_GIVEN) -> Report:
    """Replay the proof. Its reader has checked the signature before.

    `published`: the published daily digests of all instruments and days that the proof has prices of. `receipts`: the
    keys that sign them, and those that the reader has. Raises ProofUnreadable for numbers and times that no trade
    could have.
    """
    try:
        with localcontext(PRECISION):
            report = _verify(proof, published)
            check_receipts(proof, receipts, report)
            return report
    except ArithmeticError as error:
        raise ProofUnreadable(f"no trade can have such numbers: {error!r}") from error


def _verify(proof: Proof, published: Published | None) -> Report:
    report = Report()
    series = sorted(check_windows(proof, report), key=lambda price: (price.priced_at, price.price))
    check_days(proof.chain, proof.windows, published, report)
    check_conversions(proof, published, report)
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
        asked_at=[close.asked_at for close in proof.claimed.closes],
        sold=proof.claimed.sale is not None,
    )
    told = [window.span for window in proof.windows]
    report.check(told == expected, "window", "not the seconds that the rules look at")
    _check_acceptance(proof, series, rules, report)
    _check_outcome(proof, series, report)
    _check_correction(proof, report)
    return report


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
    """Rule 3: there was a fresh price, and the trade has the rules that were in force with it."""
    terms = proof.terms
    since = terms.accepted_at - rules.price_age_max
    known = [price for price in series if since <= price.priced_at < terms.entry_at]
    if report.check(bool(known), "terms", "there was no fresh price when the order was taken (rule 3)"):
        in_force = terms.rule_version in {price.rule_version for price in known}
        report.check(in_force, "rule-version", f"rules {terms.rule_version} were not in force at acceptance")


def _check_outcome(proof: Proof, series: Sequence[ProvenPrice], report: Report) -> None:
    terms, claimed = proof.terms, proof.claimed
    points = [price.point for price in series]
    check_closes(proof, points, report)
    not_yet = claimed.settled_at - proof.issued_at > CLOCKS_APART
    report.check(not not_yet, "outcome", "the trade was settled after the proof of it was made")
    if claimed.sale is not None:
        return
    window = Window(terms.direction, terms.entry_at, terms.expires_at, terms.pip, proof.demo, terms.rule_version)
    found = settle(window, points, final=True) or Outcome(Result.VOIDED)
    _check_patience(proof, found, points, report)
    expected = {
        "outcome": (claimed.outcome, found.result),
        "void_reason": (claimed.void_reason, found.void_reason),
        "entry_price": (claimed.entry_price, found.entry.price if found.entry else None),
        "exit_price": (claimed.exit_price, found.exit_price),
        "exit_samples": (claimed.exit_samples, found.exit_samples or None),
        "profit": (claimed.profit, ENDINGS[found.result].profit(stake=terms.stake, payout=proof.payout)),
    }
    for name, (said, right) in expected.items():
        report.check(said == right, "outcome", f"{name} is {_word(said)}, by the rules and prices it is {_word(right)}")


def _check_patience(proof: Proof, found: Outcome, points: Sequence[PricePoint], report: Report) -> None:
    """Rule 8: the series decides when it has passed the seconds looked at; after grace, the stored prices decide."""
    terms, rules = proof.terms, RULES[proof.terms.rule_version]
    awaited = terms.expires_at if found.entry else terms.entry_at + rules.entry_wait_max
    come = any(point.priced_at >= awaited for point in points)
    waited = proof.claimed.settled_at - terms.expires_at >= rules.grace
    at = write_instant(terms.expires_at + rules.grace)
    report.check(come or waited, "outcome", f"decided before {at} with no price after the seconds looked at (rule 8)")


def _check_correction(proof: Proof, report: Report) -> None:
    if proof.correction is not None:
        undone = proof.correction == -proof.claimed.profit != 0
        report.check(undone, "correction", "the correction does not give back what the trade moved (rule 10)")
        report.note(f"the trade was voided afterwards: {proof.correction_reason}")


def _word(value: object) -> str:
    return write_decimal(value) if isinstance(value, Decimal) else str(value)
