"""Publishes daily digests, each chained to the day before. Idempotent; catches up missed days."""

from datetime import date, datetime

from django.db import connection, transaction

from trading.domain.proof.days import DAY, FIRST_DAY, day_of, last_closed_day
from trading.domain.proof.merkle import block_roots, root_of
from trading.domain.terms import Status
from trading.models import DailyDigest, Instrument
from trading.selectors.proof.digests import first_price, last_price, newest_digest, price_digests

CLOSE = "SELECT pg_advisory_xact_lock(hashtext('daily_digests'), %s::int)"
"""Waits for transactions that record a price of this instrument, and lets none begin: see prices_heed_digests.sql."""


def publish_digests(*, now: datetime, days_max: int | None = None) -> list[DailyDigest]:
    """Publish all closed days without a digest, the earliest first, at most `days_max` for each instrument.

    Every day from an instrument's first price on gets a digest, also a day without prices. Those of a retired
    instrument end with its last price. Each day has its own transaction.
    """
    published: list[DailyDigest] = []
    for instrument in Instrument.objects.order_by("pk"):
        days = 0
        while (days_max is None or days < days_max) and (digest := _publish_next(instrument, now)):
            published.append(digest)
            days += 1
    return published


def _publish_next(instrument: Instrument, now: datetime) -> DailyDigest | None:
    """None when no day is missing, or another process has published it at this moment."""
    with transaction.atomic(durable=True):
        before = newest_digest(instrument)
        day = _next_day(instrument, before, now)
        if day is None:
            return None
        digest = _digest(instrument, day, before, now)
        # Lock only now, until the commit, which is next: no price has to wait while a whole day is hashed.
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, [instrument.pk])
        if newest_digest(instrument) != before:
            return None
        last = last_price(instrument, day)
        if (last.sequence if last else None) != digest.last_sequence:
            raise AssertionError(f"a price of {day} came after its end")
        digest.save(force_insert=True)
        return digest


def _next_day(instrument: Instrument, before: DailyDigest | None, now: datetime) -> date | None:
    if before is not None:
        day = before.day + DAY
    elif first := first_price(instrument):
        day = day_of(first.priced_at)
    else:
        return None
    end = last_closed_day(now)
    if instrument.status == Status.RETIRED and (last := last_price(instrument)):
        end = min(end, day_of(last.priced_at))
    return day if day <= end else None


def _digest(instrument: Instrument, day: date, before: DailyDigest | None, now: datetime) -> DailyDigest:
    prices = price_digests(instrument, day)
    first, last = (prices[0], prices[-1]) if prices else ((None, None), (None, None))
    blocks = block_roots([digest for _, digest in prices])
    digest = DailyDigest(
        instrument=instrument,
        day=day,
        count=len(prices),
        first_sequence=first[0],
        first_digest=first[1],
        last_sequence=last[0],
        last_digest=last[1],
        root=root_of(blocks),
        previous=before.digest if before else FIRST_DAY,
        blocks=blocks,
        leaves=bytes.fromhex("".join(digest for _, digest in prices)),
        published_at=now,
    )
    digest.digest = digest.content.digest
    return digest
