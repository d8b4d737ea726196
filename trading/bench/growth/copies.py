"""Fills a database with settled trades and their transfers: copies of two that the services have made."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from trading.bench.stage import SECONDS, SYMBOL, open_all, open_market, price, register
from trading.services.settlement.settle_due_trades import settle_due_trades

BUSY_SHARE = 50
"""Each fiftieth trade is the first person's: 20,000 of a million."""

UNGUARDED = "SET LOCAL session_replication_role = replica"
# One person makes a fiftieth of all trades: the usual grant would not outlast millions of them.
GRANT = "UPDATE transfers SET amount = 100 * amount WHERE kind = 'grant'"
PEOPLE = """
    INSERT INTO users (email, password, is_superuser, locale, time_zone, colours, sounds, is_active, is_staff,
                       joined_at)
    SELECT format('crowd-%%s@example.com', n), '!', false, 'en', '', 'language', false, true, false, %(now)s
    FROM generate_series(2, %(count)s) AS n;
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT id, email, true, true FROM users WHERE email LIKE 'crowd-%%';
    WITH made AS (
        INSERT INTO ledger_accounts (kind, owner_id, currency, demo, balance, held, revision, created_at)
        SELECT 'wallet', id, 'USDT', true, 0, 0, 0, %(now)s FROM users WHERE email LIKE 'crowd-%%'
        RETURNING id
    )
    INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
    SELECT g.kind, g.phase, g.source_id, made.id, g.amount, g.currency, g.demo, gen_random_uuid(), g.created_at
    FROM made, (SELECT * FROM transfers WHERE kind = 'grant' LIMIT 1) AS g;
"""
# Ids ascend with time, as UUIDs of version 7 do; whole seconds, spread over 90 days.
COPIES = """
    CREATE TEMP TABLE copies ON COMMIT DROP AS
    WITH people AS (
        SELECT id AS their_wallet, owner_id, row_number() OVER (ORDER BY id) - 1 AS number
        FROM ledger_accounts WHERE kind = 'wallet'
    ),
    numbers AS (
        SELECT n, interval '1 s' * (7200 + n::bigint * 7919 %% 7776000) AS shift,
            CASE n %% %(busy)s WHEN 0 THEN 0 ELSE n %% (SELECT count(*) FROM people) END AS person
        FROM generate_series(%(first)s, %(last)s) AS n
    )
    SELECT t.id AS template, n, shift, p.their_wallet, p.owner_id, t.wallet_id AS template_wallet,
        (lpad(to_hex((1000 * extract(epoch FROM t.accepted_at - shift))::bigint), 12, '0') || '7'
            || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid AS id
    FROM numbers JOIN people p ON person = p.number
    JOIN (SELECT *, row_number() OVER (ORDER BY id) - 1 AS side FROM flash_trades WHERE id = ANY(%(templates)s)) AS t
        ON side = n / 3 %% 2;
    INSERT INTO flash_trades
    SELECT made.* FROM copies c JOIN flash_trades t ON t.id = c.template,
        LATERAL jsonb_populate_record(t, jsonb_build_object(
            'id', c.id, 'user_id', c.owner_id, 'wallet_id', c.their_wallet, 'idempotency_key', 'copy-' || n,
            'accepted_at', accepted_at - shift, 'entry_at', entry_at - shift, 'expires_at', expires_at - shift,
            'settled_at', settled_at - shift
        )) AS made;
    INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
    SELECT kind, phase, CASE source_id WHEN template_wallet THEN c.their_wallet ELSE source_id END,
        CASE target_id WHEN template_wallet THEN c.their_wallet ELSE target_id END, amount, currency, demo, c.id,
        created_at - shift
    FROM copies c JOIN transfers x ON x.reference = c.template;
"""
BALANCES = """
    UPDATE ledger_accounts a SET balance = told.balance
    FROM (
        SELECT account, sum(amount) AS balance FROM (
            SELECT source_id AS account, -amount AS amount FROM transfers WHERE phase IN ('single', 'post')
            UNION ALL
            SELECT target_id, amount FROM transfers WHERE phase IN ('single', 'post')
        ) AS moved GROUP BY account
    ) AS told
    WHERE told.account = a.id AND a.balance <> told.balance
"""
TEMPLATES = "SELECT array_agg(id) FROM flash_trades"


class Copies:
    """The people and the two trades, one won and one lost, of which all others are copies."""

    def __init__(self, *, people: int, now: datetime) -> None:
        open_market()
        self.busy = register(1, now)[0]
        price(now, "60000.00")
        expiry = open_all([self.busy], 2, now)
        price(now + timedelta(seconds=1), "60000.00")
        settle_due_trades(instrument=SYMBOL, now=now + timedelta(seconds=1))
        price(expiry, "60001.00")
        settle_due_trades(instrument=SYMBOL, now=expiry)
        self.now = now + timedelta(seconds=2 * SECONDS)
        self.made = 0
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(TEMPLATES)
            self._templates: Sequence[UUID] = cursor.fetchone()[0]
            cursor.execute(UNGUARDED)
            cursor.execute(GRANT)
            cursor.execute(PEOPLE, {"count": people, "now": now})
            cursor.execute(BALANCES)

    def fill(self, trades: int) -> None:
        """Adds trades until there are this many copies; then the planner knows of them."""
        given: dict[str, Any] = {
            "first": self.made + 1,
            "last": trades,
            "busy": BUSY_SHARE,
            "templates": self._templates,
        }
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(UNGUARDED)
            cursor.execute(COPIES, given)
            cursor.execute(BALANCES)
        self.made = trades
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum would meanwhile
