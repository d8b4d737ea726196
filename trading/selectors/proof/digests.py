"""Daily digests, their prices, and the Merkle paths from a price to the digest of its day."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import BinaryField, F, Func, QuerySet

from trading.domain.proof.days import bounds_of
from trading.domain.proof.merkle import BLOCK, leaf_hash, path_of
from trading.models import DailyDigest, IndexPrice, Instrument

LEAF_BYTES = 32


def first_price(instrument: Instrument) -> IndexPrice | None:
    """The first price of the chain."""
    return IndexPrice.objects.filter(instrument=instrument).order_by("priced_at").first()


def last_price(instrument: Instrument, day: date | None = None) -> IndexPrice | None:
    """The newest price, of all or of a UTC day."""
    prices = IndexPrice.objects.filter(instrument=instrument)
    if day is not None:
        start, end = bounds_of(day)
        prices = prices.filter(priced_at__gte=start, priced_at__lt=end)
    return prices.order_by("-priced_at").first()


def price_digests(instrument: Instrument, day: date) -> list[tuple[int, str]]:
    """The sequence and digest of each price of a UTC day, ascending."""
    start, end = bounds_of(day)
    prices = IndexPrice.objects.filter(instrument=instrument, priced_at__gte=start, priced_at__lt=end)
    return list(prices.order_by("priced_at").values_list("sequence", "digest"))


def newest_digest(instrument: Instrument) -> DailyDigest | None:
    """The last published day."""
    return _without_leaves().filter(instrument=instrument).order_by("-day").first()


def digests(
    *, symbol: str | None = None, day: date | None = None, before: int | None = None, limit: int = 100
) -> list[DailyDigest]:
    """Published days, the newest publication first; only those with an id below `before`."""
    query = _without_leaves()
    if symbol is not None:
        query = query.filter(instrument__symbol=symbol)
    if day is not None:
        query = query.filter(day=day)
    if before is not None:
        query = query.filter(id__lt=before)
    return list(query.order_by("-id")[:limit])


def state_of_digests() -> str:
    """A name of the state that `digests` reads: days are added, and no published one changes."""
    newest = DailyDigest.objects.order_by("-id").values_list("id", "digest").first()
    return " ".join(map(str, newest or ()))


def voided_counts(digests: Iterable[DailyDigest]) -> dict[int, int]:
    """The numbers of the instrument's void trades, demo and real, by the digest's id.

    Each trade counts for the day of its decision, so the number of a past day never changes. Corrections don't count.
    """
    query = """
        SELECT d.id, count(t.id) FROM daily_digests d LEFT JOIN flash_trades t
            ON t.instrument_id = d.instrument_id AND t.outcome = 'voided'
            AND t.settled_at >= d.day::timestamp AT TIME ZONE 'UTC'
            AND t.settled_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
        WHERE d.id = ANY(%s) GROUP BY d.id
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [[digest.pk for digest in digests]])
        return dict(cursor.fetchall())


def digests_of_days(instrument: Instrument, days: Iterable[date]) -> dict[date, DailyDigest]:
    """The published digests of these days."""
    found = _without_leaves().filter(instrument=instrument, day__in=set(days))
    return {digest.day: digest for digest in found}


def merkle_path(digest: DailyDigest, sequence: int) -> list[str]:
    """The path from the price with this sequence number, one of that day, to the day's root; reads one block."""
    index = sequence - (digest.first_sequence or 0)
    if not 0 <= index < digest.count:
        raise ValueError(f"price {sequence} is not one of {digest.day}")
    block, place = divmod(index, BLOCK)
    start = block * BLOCK * LEAF_BYTES
    part = Func(F("leaves"), start + 1, BLOCK * LEAF_BYTES, function="substring", output_field=BinaryField())
    content = bytes(DailyDigest.objects.filter(pk=digest.pk).values_list(part, flat=True).get())
    digests = [content[n : n + LEAF_BYTES].hex() for n in range(0, len(content), LEAF_BYTES)]
    return path_of([leaf_hash(each) for each in digests], place) + path_of(digest.blocks, block)


def _without_leaves() -> QuerySet[DailyDigest]:
    """The leaves are megabytes; only paths need them, a block at a time."""
    return DailyDigest.objects.defer("leaves").select_related("instrument")
