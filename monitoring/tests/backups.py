"""The stage of tests of backups: a directory of their own, a clock that they set, and the reading of a result."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql
from pytest_django import Settings

from accounts.tests.cast import NOON
from monitoring.archive.directory import read_backup, whole_backups
from monitoring.archive.watch import Watch
from monitoring.domain.backups.manifest import Manifest
from monitoring.models import BackupRun
from monitoring.services.backups.make_backup import make_backup


@dataclass
class Backups:
    """BACKUP_DIR of a test. Each backup begins a minute after the one before."""

    path: Path
    now: datetime = field(default=NOON)

    def make(self, watch: Watch | None = None) -> BackupRun:
        self.now += timedelta(minutes=1)
        return make_backup(clock=lambda: self.now, watch=watch or Watch())

    def manifest(self, run: BackupRun) -> Manifest:
        return read_backup(self.path / run.name)

    def bytes_of(self, run: BackupRun, file: str) -> bytes:
        return (self.path / run.name / file).read_bytes()

    @property
    def names(self) -> list[str]:
        return whole_backups(self.path)

    @property
    def everything(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir()) if self.path.is_dir() else []


@pytest.fixture
def backups(transactional_db: None, tmp_path: Path, settings: Settings) -> Backups:
    settings.BACKUP_DIR = str(tmp_path / "backups")
    return Backups(Path(settings.BACKUP_DIR))


def url_of_test_database() -> str:
    """Returns DATABASE_URL for a process of its own that works on this test's database."""
    database = django_settings.DATABASES["default"]
    host = str(database["HOST"]).replace("/", "%2F")
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@{host}:{database['PORT']}/{_name()}"


@contextmanager
def scratch_database() -> Iterator[psycopg.Connection]:
    """Yields a session in an empty database."""
    name = sql.Identifier(f"{_name()}_scratch")
    given = cast(DatabaseWrapper, connection).get_connection_params()
    with psycopg.connect(**given, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            with psycopg.connect(**given | {"dbname": f"{_name()}_scratch"}, autocommit=True) as session:
                yield session
        finally:
            server.execute(sql.SQL("DROP DATABASE {}").format(name))


@contextmanager
def locked_table() -> Iterator[None]:
    """Keeps `pg_dump` waiting in the middle of a backup."""
    with psycopg.connect(**cast(DatabaseWrapper, connection).get_connection_params()) as session:
        session.execute("LOCK TABLE instruments IN ACCESS EXCLUSIVE MODE")
        yield


def _name() -> str:
    return str(connection.settings_dict["NAME"])
