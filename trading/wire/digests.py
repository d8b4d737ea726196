"""The JSON shape of the daily digests of prices."""

from accounts.domain.notation import write_instant
from trading.models import DailyDigest


def daily_digest(digest: DailyDigest) -> dict[str, object]:
    """A day's digest: the hash covers all fields but `digest` and `published_at`."""
    return {
        "instrument": digest.instrument.symbol,
        "day": digest.day.isoformat(),
        "count": digest.count,
        "first_sequence": digest.first_sequence,
        "last_sequence": digest.last_sequence,
        "first_digest": digest.first_digest,
        "last_digest": digest.last_digest,
        "root": digest.root,
        "previous": digest.previous,
        "digest": digest.digest,
        "published_at": write_instant(digest.published_at),
    }
