"""The logins of the embedded PostgreSQL: one owns the tables, each other has the rights of its process."""

from pathlib import Path

import psycopg
from psycopg import sql

from cryptotrader.local.home import kept_secrets

SUPERUSER = "postgres"
OWNER = "cryptotrader_owner"
APP, FEED, SETTLER = "cryptotrader_app", "cryptotrader_feed", "cryptotrader_settler"
MONITOR = "cryptotrader_monitor"
"""The login of PostgreSQL's exporter. It reads the server's statistics, and can't enter the platform's database."""
BACKUP = "cryptotrader_backup"
_ALL = (SUPERUSER, OWNER, APP, FEED, SETTLER, BACKUP, MONITOR)  # MONITOR last: see Logins.make

RULES = "local all all scram-sha-256\nlocal replication all scram-sha-256\n"
"""pg_hba.conf: every login needs a password, the superuser too, and also for a base backup (`replication`)."""

# Objects that a superuser made: in an older `run`, or by a command under `exec`. Column sequences follow their tables.
HAND_OVER = """
DO $$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT format('ALTER TABLE %s OWNER TO {owner}', c.oid::regclass) FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relowner <> '{owner}'::regrole
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO {owner}', p.oid::regprocedure) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace AND proowner <> '{owner}'::regrole
    LOOP
        EXECUTE statement;
    END LOOP;
END $$
"""


class Logins:
    """The logins' passwords: made once, in a file that only we can read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._passwords: dict[str, str] = {}

    def password(self, login: str) -> str:
        """Returns the password of the superuser or of one of our logins."""
        if not self._passwords:
            self._passwords = kept_secrets(self._path, _ALL)
        return self._passwords[login]

    def make(self, connection: psycopg.Connection) -> None:
        """Creates the missing logins, and sets each password. Needs a superuser."""
        for login in _ALL:
            name = sql.Identifier(login)
            if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [login]).rowcount == 0:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
            password = sql.Literal(self.password(login))
            if login == MONITOR:
                connection.execute("SET scram_iterations = 4096")  # Go's driver refuses fewer than 1,000
            connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, password))
        connection.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(MONITOR)))
        connection.execute(f"GRANT pg_read_all_data TO {BACKUP}")


def hand_over(connection: psycopg.Connection, database: str) -> None:
    """Makes OWNER the owner of a database and all its objects. Needs a superuser, connected to that database."""
    connection.execute(f"ALTER DATABASE {database} OWNER TO {OWNER}")
    connection.execute(HAND_OVER.format(owner=OWNER))


def let_owner_restore(connection: psycopg.Connection) -> None:
    """Lets OWNER make and rename databases, end sessions on them, and take base backups. Needs a superuser."""
    connection.execute(f"ALTER ROLE {OWNER} CREATEDB REPLICATION")
    connection.execute(f"GRANT pg_signal_backend TO {OWNER}")
    connection.execute(f"GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {OWNER}")
