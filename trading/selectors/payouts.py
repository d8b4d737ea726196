"""The payouts in force, and a check that every trade has the rate of one version of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection

from accounts.reconciliation import Fault
from trading.domain.payouts import Payouts
from trading.models import PayoutVersion

IN_FORCE = """
    SELECT p.* FROM unnest(%s::bigint[]) AS wanted(id), LATERAL (
        SELECT * FROM payout_versions v
        WHERE v.instrument_id = wanted.id AND v.effective_from <= %s ORDER BY v.version DESC LIMIT 1
    ) p
"""

# A quote keeps the version of its moment for 5 s. Versions are made before they are in force, so every order sees them.
MIXED = """
    SELECT 'trade-keeps-one-payout-version', t.id::text,
           format('rate %s by version %s', t.payout_rate, t.payout_version)
    FROM flash_trades t LEFT JOIN payout_versions v
      ON (v.instrument_id, v.version) = (t.instrument_id, t.payout_version)
    WHERE NOT coalesce(
        v.effective_from <= t.accepted_at
        AND abs(t.payout_rate - coalesce((v.rates ->> t.duration_seconds::text)::numeric, v.rate)) <= v.skew_max
        AND NOT EXISTS (
            SELECT FROM payout_versions later
            WHERE later.instrument_id = v.instrument_id AND later.version > v.version
              AND later.effective_from <= t.accepted_at - interval '5 seconds'
        ), false)
"""


def payouts_in_force(instrument_ids: Sequence[int], now: datetime) -> dict[int, Payouts]:
    """The payouts of trades accepted at `now`, by instrument: one query."""
    found = PayoutVersion.objects.raw(IN_FORCE, [list(instrument_ids), now]) if instrument_ids else ()
    return {each.instrument_id: each.payouts for each in found}


def replaced_by(made: PayoutVersion) -> list[int]:
    """The versions that this newer one replaces: it comes into force no later than they would."""
    older = PayoutVersion.objects.filter(instrument_id=made.instrument_id, version__lt=made.version)
    to_come = older.filter(effective_from__gt=made.made_at).order_by("-version")
    replaced, earliest = [], datetime.max.replace(tzinfo=UTC)
    for version, since in to_come.values_list("version", "effective_from"):
        if made.effective_from <= since < earliest:
            replaced.append(version)
        earliest = min(earliest, since)
    return replaced[::-1]


def payout_faults() -> list[Fault]:
    """Trades whose rate differs from each payout version that was in force at their acceptance or quote."""
    with connection.cursor() as cursor:
        cursor.execute(MIXED)
        return [Fault(*row) for row in cursor.fetchall()]
