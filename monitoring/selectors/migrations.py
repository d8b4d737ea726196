"""Compares the migrations of this program with those that the database has had."""

from collections.abc import Iterable
from functools import cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from monitoring.domain.health import Migrations

ROOMS = ("accounts", "trading", "monitoring")
"""Ours: the database of an operator may have tables of other applications."""

Name = tuple[str, str]


def compare_migrations() -> Migrations:
    """Compare them: one query. Raises django.db.DatabaseError when the database doesn't answer."""
    had = MigrationRecorder(connection).applied_migrations().keys()
    _, last = _ours()
    missing = sorted(f"{app}.{name}" for app, name in last - had)
    return Migrations(tuple(missing), tuple(unknown_among(had)))


def unknown_among(had: Iterable[Name]) -> list[str]:
    """Those of our rooms that this program lacks, as `accounts.0001_initial`."""
    known, _ = _ours()
    return sorted(f"{app}.{name}" for app, name in set(had) - known if app in ROOMS)


@cache
def _ours() -> tuple[frozenset[Name], frozenset[Name]]:
    """All migrations of this program's code, and the last of each application. The code of a process stays the same."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations), frozenset(loader.graph.leaf_nodes())
