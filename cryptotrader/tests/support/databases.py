"""The test databases of several processes (`pytest -n`): one is migrated, the others are copies of it."""

import fcntl
import os
from pathlib import Path
from typing import cast

import psycopg
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

TEMPLATE = "test_cryptotrader_template"


def copy_template(shared: Path) -> None:
    """Let Django make this process's database as a copy of TEMPLATE, which the first process to come here makes.

    `shared` is a directory that these processes have in common, and no other run has.
    """
    with (shared / "template").open("a+") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not os.fstat(turn.fileno()).st_size:  # `tell` says where the end was before the wait
            _make_template()
            turn.write("made")
    # Not migrated again: Django only sees that all tables are there.
    connection.settings_dict["TEST"] |= {"TEMPLATE": TEMPLATE, "MIGRATE": False}


def drop_template() -> None:
    """Once no process needs it any more."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(TEMPLATE)))


def _make_template() -> None:
    database = connection.settings_dict
    name, own = database["NAME"], database["TEST"]["NAME"]
    database["TEST"]["NAME"] = TEMPLATE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    cast(DatabaseWrapper, connection).close_pool()  # PostgreSQL copies no database that somebody is connected to
    database["NAME"], database["TEST"]["NAME"] = name, own
