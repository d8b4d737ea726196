"""Rule 11: the prices of a proof are those of the published days."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from trading.domain.days import DAY, Day, day_of
from trading.domain.merkle import climb, leaf_hash
from trading.domain.proof import ProvenChain, ProvenPrice
from trading.domain.report import Report

Published = Mapping[tuple[str, date], str]
"""The daily digests that were published, by instrument and day."""


def check_days(chain: ProvenChain, published: Published | None, report: Report) -> None:
    """The last price of each piece and day is in the digest of that day, which is the one that was published, and
    each day follows the one before. Without `published` nobody knows what was."""
    for day, digest in chain.days:
        same = published is None or published.get((chain.instrument, day.day)) == digest
        report.check(same, "day", f"{chain.instrument}, {day.day}: another digest was published")
        report.check(day.digest == digest, "day", f"{day.day}: the digest is not that of its content")
        report.check(day.instrument == chain.instrument, "day", f"{day.day}: of another instrument")
    for (before, digest), (after, _) in pairwise(chain.days):
        if after.day == before.day + DAY:
            report.check(after.previous == digest, "day", f"{after.day} does not follow {before.day}")
    days = {day.day: day for day, _ in chain.days}
    for piece in chain.pieces:
        for at, price in {day_of(price.priced_at): price for price in piece}.items():
            if at in days:
                leads = _leads_to(days[at], price, chain)
                report.check(leads, "day", f"{chain.instrument} {price.sequence} is not in the digest of {at}")
                continue
            told = f"{at}: its digest was published, and the proof does not lead to it; take the proof again"
            report.check((chain.instrument, at) not in (published or {}), "day", told)
            report.note(f"the digest of {at} was not published yet when the proof was made")


def _leads_to(day: Day, price: ProvenPrice, chain: ProvenChain) -> bool:
    root = climb(
        leaf_hash(price.digest),
        index=price.sequence - (day.first_sequence or 0),
        size=day.count,
        path=chain.paths.get((day.day, price.sequence), ()),
    )
    return root == day.root
