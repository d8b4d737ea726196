"""A full disk in the words of a restore."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError

from accounts.database_errors import sqlstate_of
from monitoring.domain.recovery import RestoreRefused

DISK_FULL = "53100"


@contextmanager
def room_at_the_server() -> Iterator[None]:
    """Raises RestoreRefused where PostgreSQL's own disk is full: psycopg takes that for a server that is away."""
    try:
        yield
    except (psycopg.Error, DatabaseError) as error:
        if sqlstate_of(error) != DISK_FULL:
            raise
        raise RestoreRefused(f"the disk of the database's server is full: {str(error).splitlines()[0]}") from error
