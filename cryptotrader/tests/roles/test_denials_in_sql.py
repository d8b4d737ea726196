"""Plain SQL as each login: no price and no outcome can be inserted, changed or deleted, directly or indirectly.

A superuser of the server can do it, but the chain and the published digests reveal it: see SECURITY.md.
"""

import psycopg
import pytest
from django.db import DatabaseError, connection

from accounts.database_errors import INSUFFICIENT_PRIVILEGE, sqlstate_of
from cryptotrader.tests.roles.logins import acting_as
from cryptotrader.tests.roles.record import play, the_record
from monitoring.domain.privileges import Role
from monitoring.services.find_role_faults import find_role_faults
from monitoring.services.grant_roles import role_names
from trading.tests.cast import Stage, Trader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_logins")]

NEXT_PRICE = """
    INSERT INTO index_prices (instrument_id, sequence, priced_at, price, source, venues, previous, digest, recorded_at,
                              rule_version, venues_min)
    SELECT instrument_id, h.sequence + 1, h.priced_at + interval '1 s', 1, p.source, venues, h.digest, repeat('a', 64),
           now(), p.rule_version, venues_min
    FROM price_heads h JOIN index_prices p USING (instrument_id, sequence)
"""
"""It would continue the chain: allowed only for the login that records prices."""

CANDLES = "instrument_id, interval, opened_at + interval '1 day', open, high, low, close, count, simulated"
TRADE = """
    INSERT INTO flash_trades SELECT (jsonb_populate_record(t, jsonb_build_object(
        'id', gen_random_uuid(), 'idempotency_key', 'again', {changed}))).* FROM flash_trades t WHERE state = '{state}'
"""
TRANSFER = """
    INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
    SELECT kind, '{phase}', source_id, target_id, amount, currency, demo, {reference}, now() FROM transfers
    WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1
"""

NEW_PRICES = [NEXT_PRICE, NEXT_PRICE + " ON CONFLICT DO NOTHING", "COPY index_prices FROM STDIN"]
PRICES = [
    NEXT_PRICE.replace("index_prices (", "{partition} ("),
    "UPDATE index_prices SET price = price",
    "UPDATE {partition} SET price = price",
    "UPDATE index_prices SET venues = '[]'",
    "DELETE FROM index_prices",
    "DELETE FROM ONLY {partition}",
    "TRUNCATE index_prices",
    "TRUNCATE {partition}",
    "MERGE INTO index_prices p USING price_heads h ON p.digest = h.digest WHEN MATCHED THEN UPDATE SET price = 1",
    "SELECT FROM index_prices FOR UPDATE",
    "UPDATE price_heads SET price = price",
    "UPDATE price_heads SET sequence = sequence - 1",
    "DELETE FROM price_heads",
    "UPDATE candles SET high = high",
    "DELETE FROM candles",
    f"INSERT INTO candles SELECT {CANDLES} FROM candles",
    "SELECT setval('index_price_ids', 1)",
    "UPDATE daily_digests SET root = root",
    "DELETE FROM daily_digests",
    "TRUNCATE daily_digests",
    "SELECT rebuild_candles(1, '2026-03-01')",
    "SELECT prices_go_on()",
]
OUTCOMES = [
    "UPDATE flash_trades SET outcome = 'won'",
    "UPDATE flash_trades SET state = 'settled', outcome = 'won', profit = 80, settled_at = now() WHERE state = 'open'",
    "UPDATE flash_trades SET entry_price = 1 WHERE state = 'pending'",
    "UPDATE flash_trades SET payout = payout + 1",
    "UPDATE flash_trades SET id = id",
    "DELETE FROM flash_trades",
    "TRUNCATE flash_trades CASCADE",
    "SELECT FROM flash_trades FOR UPDATE",
    "WITH decided AS (UPDATE flash_trades SET outcome = 'won' RETURNING 1) SELECT * FROM decided",
    "DO $$ BEGIN UPDATE flash_trades SET outcome = 'won'; END $$",
    "UPDATE close_orders SET state = 'sold', offer = 1, decided_at = now()",
]
BORN_DECIDED = [
    TRADE.format(changed="'demo', demo", state="settled"),
    TRADE.format(changed="'demo', demo", state="open"),
    TRADE.format(changed="'exit_samples', 3", state="pending"),
    TRADE.format(changed="'void_reason', 'no-exit-price'", state="pending"),
]
GUARDS = [
    *(
        f"ALTER TABLE {table} {change}"
        for table in ("index_prices", "flash_trades", "price_heads")
        for change in (
            "DISABLE TRIGGER ALL",
            "DISABLE TRIGGER USER",
            "OWNER TO {app}",
            "RENAME TO gone",
            "ADD gone int",
        )
    ),
    "ALTER TABLE index_prices DETACH PARTITION {partition}",
    "DROP TRIGGER prices_are_for_ever ON index_prices",
    "DROP TABLE index_prices CASCADE",
    "DROP FUNCTION prices_go_on CASCADE",
    "ALTER FUNCTION prices_go_on SECURITY INVOKER",
    "CREATE OR REPLACE FUNCTION prices_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TRIGGER mine BEFORE INSERT ON index_prices EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON INSERT TO index_prices DO INSTEAD NOTHING",
    "CREATE POLICY mine ON flash_trades USING (false)",
    "CREATE INDEX ON flash_trades (outcome)",
    "DO $$ BEGIN LOCK TABLE flash_trades IN ACCESS EXCLUSIVE MODE; END $$",
    "SET session_replication_role = replica",
]
DISGUISES = [
    *(f"SET {word} {{{role}}}" for word in ("ROLE", "SESSION AUTHORIZATION") for role in ("owner", "other")),
    "GRANT {other} TO {app}",
    "ALTER ROLE {app} SUPERUSER",
    "ALTER ROLE {other} PASSWORD 'mine'",
    "ALTER ROLE {owner} PASSWORD 'mine'",
    "CREATE ROLE mine SUPERUSER",
    "ALTER DATABASE {database} OWNER TO {app}",
    "ALTER SYSTEM SET shared_preload_libraries = 'mine'",
    "SELECT pg_read_file('pg_hba.conf')",
    "COPY index_prices TO PROGRAM 'true'",
]
SHADOWS = [
    "CREATE TABLE mine (LIKE index_prices)",
    "CREATE TABLE mine PARTITION OF index_prices FOR VALUES FROM ('2001-01-01') TO ('2001-02-01')",
    "CREATE TEMP TABLE flash_trades (id uuid)",
    "CREATE TEMP TABLE mine (LIKE transfers)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION pg_temp.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz'",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE TYPE mine AS (a int)",
    "CREATE EXTENSION dblink",
]
ASKED = [
    "UPDATE close_orders SET min_price = 1",
    "DELETE FROM close_orders",
    "TRUNCATE close_orders",
]
NOT_ASKED = [
    "INSERT INTO close_orders SELECT * FROM close_orders",
    TRADE.format(changed="'demo', demo", state="pending"),
]
DECIDED_ALREADY = [
    "UPDATE flash_trades SET outcome = 'lost' WHERE state = 'settled'",
    "UPDATE flash_trades SET entry_price = 1 WHERE state = 'open'",
    "UPDATE flash_trades SET payout = payout + 1",
    "UPDATE flash_trades SET expires_at = now()",
    "DELETE FROM flash_trades",
    "TRUNCATE flash_trades CASCADE",
]
RESULTS = [
    TRANSFER.format(kind="payout", phase="single", reference="gen_random_uuid()"),
    TRANSFER.format(kind="stake", phase="post", reference="reference"),
    TRANSFER.format(kind="stake", phase="void", reference="reference"),
]
MONEY = [
    "UPDATE ledger_accounts SET balance = balance + 1",
    "UPDATE ledger_accounts SET revision = revision",
    "DELETE FROM ledger_accounts",
    "UPDATE transfers SET amount = amount",
    "DELETE FROM transfers",
    "TRUNCATE transfers",
    "SELECT ledger_apply_transfers()",
    "UPDATE approval_decisions SET decision = 'approve'",
    "DELETE FROM approval_requests",
    "UPDATE trade_corrections SET amount = 1",
    "INSERT INTO audit_events SELECT * FROM audit_events",
    "UPDATE audit_events SET at = at",
    "DELETE FROM audit_events",
]
DIGESTS = ["INSERT INTO daily_digests SELECT * FROM daily_digests"]
UNITS = ["UPDATE instruments SET venues_min = 9", "UPDATE instruments SET pip = 1", "DELETE FROM instruments"]
EVERYWHERE = [*PRICES, *ASKED, *GUARDS, *DISGUISES, *SHADOWS]
TRIED = {
    Role.APP: [*EVERYWHERE, *DIGESTS, *NEW_PRICES, *OUTCOMES, *BORN_DECIDED, *RESULTS, *MONEY, *UNITS],
    Role.FEED: [*EVERYWHERE, *DIGESTS, *NOT_ASKED, *OUTCOMES, *BORN_DECIDED, *RESULTS, *MONEY, *UNITS],
    Role.SETTLER: [*EVERYWHERE, *NOT_ASKED, *NEW_PRICES, *DECIDED_ALREADY, *BORN_DECIDED, *MONEY, *UNITS],
    Role.BACKUP: [
        *(*EVERYWHERE, *DIGESTS, *NOT_ASKED, *NEW_PRICES, *OUTCOMES, *BORN_DECIDED, *RESULTS, *MONEY, *UNITS),
        *("DELETE FROM backup_runs", "TRUNCATE backup_runs", "UPDATE users SET email = email"),
    ],
}


@pytest.fixture
def names(stage: Stage, alice: Trader) -> dict[str, str]:
    play(stage, alice)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'index_prices'::regclass"
        )
        partition = cursor.fetchone()[0]
        cursor.execute("SELECT current_user, current_database()")
        owner, database = cursor.fetchone()
    return {"partition": partition, "owner": owner, "database": database}


@pytest.mark.parametrize("role", list(Role))
def test_nothing_that_is_tried_goes_through(names: dict[str, str], role: Role) -> None:
    before = the_record()
    logins = role_names()
    other = next(logins[another] for another in Role if another is not role)
    with acting_as(role):
        answers = [_answer(statement.format(**names, app=logins[role], other=other)) for statement in TRIED[role]]
        assert [answer for answer in answers if answer not in REFUSALS] == []
        _answer(f"GRANT ALL ON flash_trades TO {logins[role]}")  # does nothing but warn
    assert find_role_faults() == []
    before.assert_kept()


REFUSALS = {INSUFFICIENT_PRIVILEGE, psycopg.errors.RestrictViolation.sqlstate}
"""The latter comes from a guard against every login."""


def _answer(statement: str) -> str:
    """Returns the SQLSTATE of a refusal; otherwise a text with the statement."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except (DatabaseError, psycopg.Error) as error:
        code = sqlstate_of(error)
        return code if code and code in REFUSALS else f"{code} {error}: {statement}"
    return f"done: {statement}"
