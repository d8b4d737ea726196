"""Replaying the sale of a trade that was closed early (rule 9), as a proof tells it."""

from collections.abc import Sequence

from accounts.domain.notation import write_instant
from trading.domain.early_close import Decided, Known, OpenTrade, closing_second, decide_close
from trading.domain.prices import PricePoint
from trading.domain.pricing import Position
from trading.domain.proof import Proof, ToldSale
from trading.domain.report import Report
from trading.domain.rules import RULES
from trading.domain.settlement import find_entry


def check_sale(proof: Proof, sale: ToldSale, points: Sequence[PricePoint], report: Report) -> None:
    """Rule 9: the close order's second, the offer that its price makes, and nothing below the minimum."""
    terms, told, rules = proof.terms, proof.told, RULES[proof.terms.rule_version]
    close_at = closing_second(sale.asked_at, rules)
    entry = find_entry(terms.entry_at, points, rules)
    if not report.check(entry is not None, "outcome", "sold without an entry price") or entry is None:
        return
    in_time = entry.priced_at < sale.asked_at and close_at <= rules.closable_until(terms.entry_at, terms.expires_at)
    report.check(in_time, "terms", "the close order was not given in time (rule 9)")
    report.check(close_at == sale.close_at, "terms", f"{write_instant(close_at)} should decide the close (rule 9)")
    samples = rules.exit_samples(terms.expires_at - terms.entry_at)
    position = Position(terms.direction, terms.stake, proof.payout, entry.price, terms.pip, terms.expires_at, samples)
    trade = OpenTrade(position, terms.currency, terms.entry_at, proof.demo, rules)
    known = Known.from_second(points, close_at)
    decided = decide_close(trade, known, close_at=close_at, min_price=sale.min_price, final=True)
    report.check(decided == Decided(None, sale.amount, _point(sale, decided)), "outcome", _sold_for(sale, decided))
    profit = sale.amount - terms.stake if sale.amount is not None else None
    rest = (told.entry_price, told.profit, told.exit_price, told.exit_samples, told.void_reason)
    right = (entry.price, profit, None, None, None)
    report.check(rest == right, "outcome", "not the entry and the profit of the sale")


def _point(sale: ToldSale, decided: Decided | None) -> PricePoint | None:
    """What is told of the deciding price, as live as the price that was found."""
    if sale.price is None or sale.priced_at is None or decided is None or decided.point is None:
        return None
    return PricePoint(sale.priced_at, sale.price, decided.point.live)


def _sold_for(sale: ToldSale, decided: Decided | None) -> str:
    found = "nothing" if decided is None else f"{decided.amount} ({decided.lapse or 'sold'})"
    return f"sold for {sale.amount}, by rule 9 and the prices it is {found}"
