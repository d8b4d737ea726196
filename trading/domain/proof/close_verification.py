"""Checks a trade's close orders in its proof (rule 9): those that lapsed, and the one that sold it."""

from collections.abc import Sequence
from itertools import pairwise

from accounts.domain.notation import write_instant
from trading.domain.early_close import Decided, Known, OpenTrade, closing_second, decide_close
from trading.domain.endings import ENDINGS
from trading.domain.prices import PricePoint
from trading.domain.pricing import Position
from trading.domain.proof.proof import ClaimedClose, Proof
from trading.domain.proof.report import Report
from trading.domain.rules import RULES
from trading.domain.settlement import Result, find_entry


def check_closes(proof: Proof, points: Sequence[PricePoint], report: Report) -> None:
    """Check each close order's second, the offer that its price makes, and its result by the minimum."""
    terms, claimed, rules = proof.terms, proof.claimed, RULES[proof.terms.rule_version]
    report.check(claimed.shows_latest_close, "terms", "the trade shows another close order than the last one")
    in_order = all(before.close_at <= after.asked_at for before, after in pairwise(claimed.closes))
    report.check(in_order, "terms", "a close order was given before the one before it was decided")
    sold = [close for close in claimed.closes if close.state == "sold"]
    latest = list(claimed.closes[-1:]) if claimed.outcome == Result.SOLD else []
    right = sold == latest and (claimed.sale is None or sold)
    report.check(bool(right), "outcome", "the last close order sells the trade, or none does")
    entry = find_entry(terms.entry_at, points, rules)
    if not claimed.closes or not report.check(entry is not None, "outcome", "closed without an entry price"):
        return
    if entry is None:
        return
    samples = rules.exit_samples(terms.expires_at - terms.entry_at)
    position = Position(terms.direction, terms.stake, proof.payout, entry.price, terms.pip, terms.expires_at, samples)
    trade = OpenTrade(position, terms.currency, terms.entry_at, proof.demo, rules)
    for close in claimed.closes:
        decided = _check_close(close, trade, entry, points, report)
        if close.state == "sold":
            _check_sale(proof, entry, decided, report)


def _check_close(
    close: ClaimedClose, trade: OpenTrade, entry: PricePoint, points: Sequence[PricePoint], report: Report
) -> Decided | None:
    close_at = closing_second(close.asked_at, trade.rules)
    name = f"the close order of {write_instant(close.asked_at)}"
    in_time = entry.priced_at < close.asked_at and close_at <= trade.closable_until
    report.check(in_time, "terms", f"{name} was not given in time (rule 9)")
    report.check(close_at == close.close_at, "terms", f"{name}: {write_instant(close_at)} should decide it (rule 9)")
    known = Known.from_second(points, close_at)
    decided = decide_close(trade, known, close_at=close_at, min_price=close.min_price, final=True)
    if decided is not None:
        right = ("lapsed" if decided.lapse else "sold", decided.lapse, decided.amount)
        told = (close.state, close.lapse_reason, close.offer)
        report.check(told == right, "outcome", f"{name}: {_words(*told)}, by rule 9 and the prices {_words(*right)}")
    return decided


def _words(state: str, reason: str | None, offer: object) -> str:
    return f"{state} ({reason or 'no reason'}) at {offer or 'nothing'}"


def _check_sale(proof: Proof, entry: PricePoint, decided: Decided | None, report: Report) -> None:
    """Check that the trade's sale is the result of the close order."""
    sale, claimed, point = proof.claimed.sale, proof.claimed, decided.point if decided else None
    if sale is None or decided is None or point is None:
        report.check(False, "outcome", "sold without a sale or a price in time")
        return
    found = (sale.amount, sale.price, sale.priced_at) == (decided.amount, point.price, point.priced_at)
    report.check(found, "outcome", f"the sale is {sale.amount}, by rule 9 and the prices it is {decided.amount}")
    amounts = {"stake": proof.terms.stake, "payout": proof.payout}
    profit = ENDINGS[Result.SOLD].profit(**amounts, sale=sale.amount) if sale.amount is not None else None
    rest = (claimed.entry_price, claimed.profit, claimed.exit_price, claimed.exit_samples, claimed.void_reason)
    right = (entry.price, profit, None, None, None)
    report.check(rest == right, "outcome", "not the entry and the profit of the sale")
