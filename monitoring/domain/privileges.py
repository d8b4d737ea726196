"""Lists the rights of each database login: the only such list. See SECURITY.md and docs/decisions/0024.

Each new table gets a line here. A test compares the list with the database's catalogue, table by table.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum


class Role(StrEnum):
    """A login at the database. None owns a table, and none may become another."""

    APP = "app"
    """Web, API, streams, the back office, commands, and the worker's everyday tasks."""

    FEED = "feed"
    """`run_feed`, the only one that records prices."""

    SETTLER = "settler"
    """The worker of the settlement queue, the only one that decides trades."""

    BACKUP = "backup"
    """The worker of the backup queue. It reads everything, and writes nothing but the rows of its runs."""


READ = "SELECT"
FOR_EVER = "SELECT, INSERT"
KEPT = "SELECT, INSERT, UPDATE"
ANYTHING = "SELECT, INSERT, UPDATE, DELETE"

LOCK = "UPDATE (id)"
"""PostgreSQL lets a login lock rows only if it may change some column; a trigger refuses a change of this one."""

MEMBERSHIPS: Mapping[Role, str] = {Role.BACKUP: "pg_read_all_data"}
"""The roles of PostgreSQL that a login belongs to. Only a superuser can grant this one: it reads all tables."""

OUTCOME = (
    "state, entry_price, exit_price, exit_samples, outcome, void_reason, profit, settled_at, "
    "sale, sold_at_price, sold_priced_at"
)

Grants = Mapping[Role, str]

TABLES: Mapping[str, Grants] = {
    # Prices and data derived from them: only triggers, as the tables' owner, write heads and candles.
    "index_prices": {Role.APP: READ, Role.FEED: FOR_EVER, Role.SETTLER: READ},
    "index_prices_default": {Role.SETTLER: READ},
    "price_heads": {Role.APP: READ, Role.FEED: READ, Role.SETTLER: READ},
    "candles": {Role.APP: READ, Role.FEED: READ, Role.SETTLER: READ},
    "price_prunings": {Role.APP: READ, Role.SETTLER: READ},
    "price_spans_needed": {Role.APP: READ},
    "daily_digests": {Role.APP: READ, Role.SETTLER: FOR_EVER},
    "signing_keys": {Role.APP: KEPT, Role.SETTLER: "SELECT (id, kid)"},
    # Trades: the app opens them, the settler decides them. The feed checks for due ones.
    "flash_trades": {
        Role.APP: FOR_EVER,
        Role.FEED: "SELECT (id, instrument_id, state, entry_at, expires_at)",
        Role.SETTLER: f"SELECT, UPDATE ({OUTCOME})",
    },
    "close_orders": {
        Role.APP: FOR_EVER,
        Role.FEED: "SELECT (trade_id, state, close_at)",
        Role.SETTLER: "SELECT, UPDATE (state, lapse_reason, offer, decided_at)",
    },
    "receipts": {Role.APP: FOR_EVER, Role.SETTLER: READ},
    "order_gate": {Role.APP: "SELECT, UPDATE"},  # always empty: orders lock the table
    "trade_corrections": {Role.APP: FOR_EVER, Role.SETTLER: READ},
    "key_trades": {Role.APP: "SELECT, INSERT"},
    "wallet_days": {Role.APP: "SELECT, INSERT, DELETE"},
    "liability_slots": {Role.APP: ANYTHING, Role.SETTLER: "SELECT, UPDATE, DELETE"},
    "trade_liabilities": {Role.APP: READ, Role.SETTLER: READ},
    "open_liabilities": {Role.APP: READ},
    "payout_versions": {Role.APP: FOR_EVER, Role.SETTLER: READ},
    "instruments": {Role.APP: KEPT, Role.FEED: READ, Role.SETTLER: READ},
    # Money: only the trigger on transfers moves balances.
    "ledger_accounts": {Role.APP: f"{FOR_EVER}, {LOCK}", Role.SETTLER: f"{READ}, {LOCK}"},
    "transfers": {Role.APP: FOR_EVER, Role.SETTLER: FOR_EVER},
    "deposits": {Role.APP: KEPT},
    "withdrawals": {Role.APP: KEPT},
    "beneficiaries": {Role.APP: KEPT},
    "webhook_deliveries": {Role.APP: FOR_EVER},
    # News for people's programs: the settler stores those of its trades, the app sends them.
    "webhook_endpoints": {Role.APP: KEPT, Role.SETTLER: READ},
    "webhook_messages": {Role.APP: ANYTHING, Role.SETTLER: FOR_EVER},
    # Results for people's browsers, in the same way.
    "push_keys": {Role.APP: FOR_EVER},
    "push_subscriptions": {Role.APP: ANYTHING, Role.SETTLER: "SELECT (id, user_id)"},
    "push_messages": {Role.APP: ANYTHING, Role.SETTLER: FOR_EVER},
    "cashier_terms": {Role.APP: KEPT},
    # Restores: only the owner writes them, by `restore` and `verify_backup`.
    "restores": {Role.APP: READ},
    "restore_drills": {Role.APP: READ},
    # People.
    "users": {Role.APP: KEPT},
    "logins": {Role.APP: FOR_EVER},
    "api_keys": {Role.APP: KEPT},
    "spent_signatures": {Role.APP: "SELECT, INSERT, DELETE"},
    "attempt_tallies": {Role.APP: ANYTHING},
    "trading_limits": {Role.APP: KEPT},
    "exclusions": {Role.APP: FOR_EVER},
    "approval_requests": {Role.APP: KEPT},
    "approval_decisions": {Role.APP: FOR_EVER},
    "audit_events": {Role.APP: READ},
    "figures": {Role.APP: KEPT},
    # The back office.
    "person_notes": {Role.APP: FOR_EVER},
    "work_claims": {Role.APP: ANYTHING},
    "alert_answers": {Role.APP: FOR_EVER},
    "list_exports": {Role.APP: FOR_EVER},
    "announcements": {Role.APP: KEPT},
    "market_days": {Role.APP: KEPT},
    # The platform itself.
    "backup_runs": {Role.APP: READ, Role.BACKUP: KEPT},
    # Tables of libraries.
    "account_emailaddress": {Role.APP: ANYTHING},
    "account_emailconfirmation": {Role.APP: ANYTHING},
    "auth_group": {Role.APP: ANYTHING},
    "auth_group_permissions": {Role.APP: ANYTHING},
    "auth_permission": {Role.APP: FOR_EVER},
    "django_admin_log": {Role.APP: FOR_EVER},
    "django_content_type": {Role.APP: READ},
    "django_migrations": {Role.APP: READ, Role.FEED: READ, Role.SETTLER: READ},
    "django_session": {Role.APP: ANYTHING},
    "mfa_authenticator": {Role.APP: ANYTHING},
    "pghistory_context": {Role.APP: READ},
    "users_groups": {Role.APP: ANYTHING},
    "users_user_permissions": {Role.APP: ANYTHING},
    "usersessions_usersession": {Role.APP: ANYTHING},
}
"""Each table and view; other partitions need no grants. Without a grant here only the owner has rights."""

SEQUENCES: Mapping[str, Grants] = {"index_price_ids": {Role.FEED: "USAGE"}}
"""The others belong to identity columns, which need no privilege."""

FUNCTIONS: Mapping[str, Grants] = {
    "hold_orders": {Role.APP: "EXECUTE"},
    "make_price_partition": {Role.SETTLER: "EXECUTE"},
    # Each removes only what its own guards let go.
    "prune_logins": {Role.APP: "EXECUTE"},
    "prune_price_month": {Role.SETTLER: "EXECUTE"},
}
"""Triggers fire without it. With it, a login could attach one that runs as the owner to a table of its own."""


def parsed(grants: str) -> Iterator[tuple[str, str | None]]:
    """Yields each privilege with the column that limits it, or None."""
    for privilege, columns in re.findall(r"(\w+)(?: \(([^)]*)\))?(?:, |$)", grants):
        for column in columns.split(", ") if columns else [None]:
            yield privilege, column
