"""One PostgreSQL server, as a login reaches it: by psycopg, and by PostgreSQL's own programs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

MAINTENANCE = "postgres"
"""The database from which others are made, renamed and dropped. It is never restored, so locks live in it."""

CONNECT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Server:
    """An address and a login. Its text never shows the password."""

    host: str
    port: str
    user: str
    password: str = field(default="", repr=False)

    @staticmethod
    def of(database: Mapping[str, Any]) -> "Server":
        """Returns the server of a database's settings in Django's form."""
        return Server(
            str(database.get("HOST") or ""),
            str(database.get("PORT") or ""),
            str(database.get("USER") or ""),
            str(database.get("PASSWORD") or ""),
        )

    def connect(self, database: str = MAINTENANCE) -> psycopg.Connection:
        """Returns a connection that commits each statement. Raises psycopg.OperationalError."""
        return psycopg.connect(
            dbname=database,
            host=self.host or None,
            port=self.port or None,
            user=self.user or None,
            password=self.password or None,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="restore",
            # A server set up without a locale has SQL_ASCII here, from which psycopg else returns bytes.
            client_encoding="utf8",
        )

    def environment(self, database: str) -> dict[str, str]:
        """Returns the environment in which a program of PostgreSQL's finds a database: no password is an argument."""
        own = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": database,
            "PGAPPNAME": "restore",
            "LC_ALL": "C",
        }
        others = {name: value for name, value in os.environ.items() if name not in own and name != "PGSERVICE"}
        return others | {name: value for name, value in own.items() if value}

    def settings(self, database: str) -> dict[str, str]:
        """Returns the address of a database in the form of Django's settings."""
        return {
            "NAME": database,
            "HOST": self.host,
            "PORT": self.port,
            "USER": self.user,
            "PASSWORD": self.password,
        }
