"""The payouts in force, and a check that every trade has the rate of one version of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from accounts.bound_statements import bound_rows
from accounts.domain.json_text import read_json
from accounts.reconciliation import Fault
from trading.domain.payouts import Payouts
from trading.models import PayoutVersion

PAYOUTS = ("instrument_id", "version", "rate", "rates", "skew_max", "skew_scale", "edge_min")
IN_FORCE = f"""
    SELECT p.* FROM unnest(%(instruments)s::bigint[]) AS wanted(id), LATERAL (
        SELECT {", ".join(PAYOUTS)} FROM payout_versions v
        WHERE v.instrument_id = wanted.id AND v.effective_from <= %(now)s::timestamptz ORDER BY v.version DESC LIMIT 1
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
    if not instrument_ids:
        return {}
    rows = bound_rows(IN_FORCE, {"instruments": list(instrument_ids), "now": now})
    return payouts_in((id, version, rate, read_json(rates), *skew) for id, version, rate, rates, *skew in rows)


def payouts_in(rows: Iterable[Sequence[Any]]) -> dict[int, Payouts]:
    """The payouts that IN_FORCE has found, where its rows are part of a larger statement's result."""
    found = (PayoutVersion.from_db(None, PAYOUTS, columns) for columns in rows)
    return {each.instrument_id: each.payouts for each in found}


def versions_to_come(instrument_id: int, now: datetime, *, before: int | None = None) -> list[PayoutVersion]:
    """The versions that come into force after `now`, in this order: no newer one replaces them.

    `before`: those that were to come when this version was made.
    """
    versions = PayoutVersion.objects.filter(instrument_id=instrument_id, effective_from__gt=now)
    known = versions if before is None else versions.filter(version__lt=before)
    found, earliest = [], datetime.max.replace(tzinfo=UTC)
    for each in known.select_related("made_by").order_by("-version"):
        if each.effective_from < earliest:
            found.append(each)
            earliest = each.effective_from
    return found[::-1]


def replaced_by(made: PayoutVersion) -> list[int]:
    """The versions that this newer one replaces: it comes into force no later than they would."""
    to_come = versions_to_come(made.instrument_id, made.made_at, before=made.version)
    return [each.version for each in to_come if each.effective_from >= made.effective_from]


def payout_faults() -> list[Fault]:
    """Trades whose rate differs from each payout version that was in force at their acceptance or quote."""
    with connection.cursor() as cursor:
        cursor.execute(MIXED)
        return [Fault(*row) for row in cursor.fetchall()]
