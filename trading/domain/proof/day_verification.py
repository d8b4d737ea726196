"""Checks that the prices of a proof belong to the published days (rule 11)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from trading.domain.proof.days import DAY, Day, day_of
from trading.domain.proof.merkle import climb, leaf_hash
from trading.domain.proof.proof import ProvenChain, ProvenPrice, ProvenWindow
from trading.domain.proof.report import Report

Published = Mapping[tuple[str, date], str]
"""The published daily digests, by instrument and day."""


def check_days(
    chain: ProvenChain, windows: Iterable[ProvenWindow], published: Published | None, report: Report
) -> None:
    """Check the days of a chain: each has the published digest, and follows the day before.

    The digest of its day contains the last price of each piece and day. The days in which the `windows` end are there
    too: they show whether prices came after those in the proof. Without `published`, the check can't compare with the
    published digests.
    """
    for day, digest in chain.days:
        _check_day(day, digest, chain.instrument, published, report)
    for (before, digest), (after, _) in pairwise(chain.days):
        if after.day == before.day + DAY:
            report.check(after.previous == digest, "day", f"{after.day} does not follow {before.day}")
    days = {day.day: day for day, _ in chain.days}
    ends = [(day_of(price.priced_at), price) for piece in chain.pieces for price in _last_of_days(piece)]
    for at, price in ends:
        leads = at not in days or _leads_to(days[at], price, chain)
        report.check(leads, "day", f"{chain.instrument} {price.sequence} is not in the digest of {at}")
    wanted = {at for at, _ in ends} | {day_of(window.span.until) for window in windows}
    for at in sorted(wanted - days.keys()):
        name = f"the digest of {chain.instrument} of {at}"
        told = f"{name} was published, and the proof does not lead to it; take the proof again"
        report.check((chain.instrument, at) not in (published or {}), "day", told)
        report.note(f"{name} was not published yet when the proof was made")


def _check_day(day: Day, digest: str, instrument: str, published: Published | None, report: Report) -> None:
    same = published is None or published.get((instrument, day.day)) == digest
    report.check(same, "day", f"{instrument}, {day.day}: another digest was published")
    report.check(day.digest == digest, "day", f"{instrument}, {day.day}: the digest is not that of its content")
    report.check(day.instrument == instrument, "day", f"{instrument}, {day.day}: of another instrument")
    report.check(day.is_sound, "day", f"{instrument}, {day.day}: its count is not that of its numbers")


def _last_of_days(piece: Sequence[ProvenPrice]) -> Iterable[ProvenPrice]:
    return {day_of(price.priced_at): price for price in piece}.values()


def _leads_to(day: Day, price: ProvenPrice, chain: ProvenChain) -> bool:
    root = climb(
        leaf_hash(price.digest),
        index=price.sequence - (day.first_sequence or 0),
        size=day.count,
        path=chain.paths.get((day.day, price.sequence), ()),
    )
    return root == day.root
