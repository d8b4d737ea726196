"""Finds the trades with terms that no order gives, each kind by itself: for the reconciliation."""

from django.db import connection

from accounts.domain.money import SCALES
from accounts.reconciliation import Fault
from trading.domain.rules import RULES

# Deliberately another method than the constraints': each rule again from its words, over all trades.
CHECKS = {
    "trade-pays-its-terms": """
        NOT coalesce((t.payout - t.stake) * 10::numeric ^ s.scale
                     = floor(t.stake * t.payout_rate * 10::numeric ^ s.scale), false)
    """,
    "trade-stakes-an-amount-of-its-currency": "NOT coalesce(mod(t.stake * 10::numeric ^ s.scale, 1) = 0, false)",
    "trade-enters-after-its-acceptance": """
        r.version IS NULL
        OR extract(epoch FROM t.entry_at) <> ceil(extract(epoch FROM t.accepted_at) + r.entry_delay)
    """,
    "trade-expires-after-its-duration": "extract(epoch FROM t.expires_at - t.entry_at) <> t.duration_seconds",
    "trade-lasts-as-long-as-the-rules-say": "t.duration_seconds < r.duration_min",
    "trade-gains-by-its-outcome": """
        (t.outcome = 'won' AND t.profit <> t.payout - t.stake) OR (t.outcome = 'lost' AND t.profit <> -t.stake)
        OR (t.outcome IN ('tied', 'voided') AND t.profit <> 0) OR (t.outcome = 'sold' AND t.profit <> t.sale - t.stake)
    """,
    "trade-stakes-from-its-traders-wallet": """
        w.kind IS DISTINCT FROM 'wallet' OR w.owner_id IS DISTINCT FROM t.user_id
        OR w.currency IS DISTINCT FROM t.currency OR w.demo IS DISTINCT FROM t.demo
    """,
    "trade-is-in-its-instruments-currency": "i.currency IS DISTINCT FROM t.currency OR NOT i.tradable",
    "trade-was-accepted-when-it-was-staked": """
        abs(extract(epoch FROM o.created_at - t.accepted_at)) > 30
        OR t.accepted_at > clock_timestamp() + interval '30 seconds'
    """,
}
"""The condition of each fault."""

TRADES = """
    WITH scales(currency, scale) AS (VALUES {scales}),
    rules(version, entry_delay, duration_min) AS (VALUES {rules})
    SELECT {columns}
    FROM flash_trades t
    LEFT JOIN scales s ON s.currency = t.currency
    LEFT JOIN rules r ON r.version = t.rule_version
    LEFT JOIN ledger_accounts w ON w.id = t.wallet_id
    LEFT JOIN instruments i ON i.id = t.instrument_id
    LEFT JOIN transfers o ON (o.reference, o.kind, o.phase) = (t.id, 'stake', 'pending')
"""


DETAIL = """
    format('stake %%s at %%s pays %%s; accepted %%s, entry %%s, expiry %%s; %%s with %%s',
           t.stake, t.payout_rate, t.payout, t.accepted_at, t.entry_at, t.expires_at,
           coalesce(t.outcome, t.state), t.profit)
"""


def term_faults() -> list[Fault]:
    """Returns the trades whose terms contradict the rules, their wallet, their instrument or their time."""
    query = TRADES.format(
        scales=", ".join(f"('{currency}', {scale})" for currency, scale in SCALES.items()),
        rules=", ".join(
            f"({rules.version}, {rules.entry_delay.total_seconds()}, {rules.duration_min_seconds})"
            for rules in RULES.values()
        ),
        columns=f"t.id, {DETAIL}, " + ", ".join(f"({condition}) IS TRUE" for condition in CHECKS.values()),
    )
    bad = " OR ".join(f"({condition})" for condition in CHECKS.values())
    with connection.cursor() as cursor:
        # With params, also none: in a task the audit adds its own, and then every % counts.
        cursor.execute(f"{query} WHERE {bad}", {})
        rows = cursor.fetchall()
    return [
        Fault(check, f"trade {key}", detail)
        for key, detail, *found in rows
        for check, wrong in zip(CHECKS, found, strict=True)
        if wrong
    ]
