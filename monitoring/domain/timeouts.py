"""The time that each database login may take: nobody's lock, slow query or forgotten transaction takes all down."""

from collections.abc import Mapping

from monitoring.domain.privileges import Role

TIMEOUTS: Mapping[Role, Mapping[str, str]] = {
    Role.APP: {
        "lock_timeout": "3s",
        "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "15s",
    },
    # A second must be recorded within two, so a feed that waits longer has lost it.
    Role.FEED: {
        "lock_timeout": "1s",
        "statement_timeout": "3s",
        "idle_in_transaction_session_timeout": "3s",
    },
    # A batch of trades may wait for wallets that orders hold.
    Role.SETTLER: {
        "lock_timeout": "5s",
        "statement_timeout": "60s",
        "idle_in_transaction_session_timeout": "60s",
    },
    # Of the rows of its runs. The session of a dump has none (`monitoring.archive.session`).
    Role.BACKUP: {
        "lock_timeout": "5s",
        "statement_timeout": "15s",
        "idle_in_transaction_session_timeout": "15s",
    },
}
"""PostgreSQL's settings. The owner, who migrates, has none."""


def startup_options(login: str, prefix: str) -> str:
    """The options of a connection with this login, in libpq's form; empty for a login that isn't in the list."""
    role = login.removeprefix(f"{prefix}_")
    if role == login or role not in list(Role):
        return ""
    return " ".join(f"-c {name}={value}" for name, value in TIMEOUTS[Role(role)].items())
