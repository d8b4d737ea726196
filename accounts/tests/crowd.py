"""A crowd: thousands of people with wallets, so that a plan that reads everybody shows."""

from django.db import connection

from accounts.tests.cast import NOON

PEOPLE = """
    INSERT INTO users (email, password, is_superuser, locale, time_zone, colours, sounds, is_active, is_staff,
                       joined_at)
    SELECT format('crowd-%%s@example.com', n), '!', false, 'en', '', 'language', false, true, false, %(now)s
    FROM generate_series(1, %(count)s) AS n
"""
WALLETS = """
    INSERT INTO ledger_accounts (kind, owner_id, currency, demo, balance, held, revision, created_at)
    SELECT 'wallet', id, 'USDT', true, 0, 0, 0, %(now)s FROM users WHERE email LIKE 'crowd-%%'
"""
ADDRESSES = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT id, email, true, true FROM users WHERE email LIKE 'crowd-%%'
"""


def gather(count: int) -> None:
    """Adds this many people, each with an empty demo wallet; the planner knows of them."""
    with connection.cursor() as cursor:
        for statement in (PEOPLE, WALLETS, ADDRESSES):
            cursor.execute(statement, {"now": NOON, "count": count})
        cursor.execute("ANALYZE users, ledger_accounts, account_emailaddress")
