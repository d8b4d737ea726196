"""Whether this program knows the migrations of its database. It can't bring another version's database up to date."""

from collections.abc import Sequence

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from monitoring.selectors.migrations import unknown_among


def unknown_migrations() -> list[str]:
    """The migrations of our rooms that the database has had and this program lacks, as `accounts.0001_initial`.

    Raises django.db.DatabaseError when the database doesn't answer.
    """
    return unknown_among(MigrationRecorder(connection).applied_migrations())


def told(unknown: Sequence[str]) -> str:
    """The fault in words: the first of them, and how many more there are."""
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return f"This database belongs to another version, whose migrations are unknown here ({unknown[0]}{more})"
