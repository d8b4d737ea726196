"""Reads the restrictions on trading of many people in one query."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.bound_statements import bound_rows
from accounts.domain.access.key_limits import KeyLimits, limits_in
from accounts.domain.limits.exclusions import ExclusionInForce, ExclusionKind
from accounts.domain.limits.own_limits import Limit, LimitKind, Setting
from accounts.domain.limits.restrictions import NO_RESTRICTIONS, Restrictions

# An exclusion counts from its commit on: an order that waited for its lock may have read an earlier time before.
RESTRICTIONS = """
    SELECT u.id, u.frozen_at IS NOT NULL AS frozen, u.closed_at IS NOT NULL AS closed, e.kind AS excluded, e.ends_at,
        u.keys_stopped_at IS NOT NULL AS keys_stopped,
        (SELECT array_agg(k.id) FROM api_keys k WHERE k.user_id = u.id AND k.stopped_at IS NOT NULL) AS stopped_keys,
        (SELECT json_agg(json_build_array(k.id, k.stake_max::text, k.stake_a_day::text, k.open_trades_max))
         FROM api_keys k WHERE k.user_id = u.id AND k.revoked_at IS NULL
         AND num_nonnulls(k.stake_max, k.stake_a_day, k.open_trades_max) > 0) AS key_limits,
        l.kind, l.currency, l.demo, l.period_days, l.amount, l.next_amount, l.next_from
    FROM users u
    LEFT JOIN LATERAL (
        SELECT kind, ends_at FROM exclusions WHERE user_id = u.id AND ends_at > %(now)s::timestamptz
        ORDER BY ends_at DESC LIMIT 1
    ) e ON true
    LEFT JOIN trading_limits l ON l.user_id = u.id AND (l.amount IS NOT NULL OR l.next_amount IS NOT NULL)
    WHERE u.id = ANY(%(ids)s::bigint[])
    ORDER BY u.id, l.id
"""
RESTRICTION = (
    "id", "frozen", "closed", "excluded", "ends_at", "keys_stopped", "stopped_keys", "key_limits",
    "kind", "currency", "demo", "period_days", "amount", "next_amount", "next_from",
)  # fmt: skip
"""The columns of RESTRICTIONS."""


def restrictions_of(user_ids: Iterable[int], *, now: datetime) -> dict[int, Restrictions]:
    """Returns each person's restrictions at `now`. Exact until the transaction ends if their wallets are locked."""
    return restrictions_in(bound_rows(RESTRICTIONS, {"ids": sorted(set(user_ids)), "now": now}), now=now)


def restrictions_in(rows: Iterable[Sequence[Any]], *, now: datetime) -> dict[int, Restrictions]:
    """Returns the restrictions that RESTRICTIONS has found, where its rows are part of a larger statement's result."""
    limits: dict[int, list[Limit]] = {}
    found: dict[int, tuple[bool, bool, ExclusionInForce | None, bool, frozenset[int], Mapping[int, KeyLimits]]] = {}
    for id, frozen, closed, kind, ends_at, keys_stopped, stopped_keys, key_limits, *limit in rows:
        exclusion = ExclusionInForce(ExclusionKind(kind), ends_at) if kind else None
        found[id] = frozen, closed, exclusion, keys_stopped, frozenset(stopped_keys or ()), limits_in(key_limits)
        limits.setdefault(id, []).extend(_in_force(limit, now))
    return {id: Restrictions(*who, limits=tuple(limits[id])) for id, who in found.items()}


def restrictions_on(user_id: int, *, now: datetime) -> Restrictions:
    """Returns the restrictions of one person."""
    return restrictions_of([user_id], now=now).get(user_id, NO_RESTRICTIONS)


def _in_force(columns: Sequence[Any], now: datetime) -> list[Limit]:
    kind, currency, demo, period_days, *setting = columns
    amount = Setting(*setting).at(now) if kind else None
    return [] if amount is None else [Limit(LimitKind(kind), currency, demo, period_days, amount)]
