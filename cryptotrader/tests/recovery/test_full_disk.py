"""A disk that becomes full while a backup is restored: one line says which, and nothing half-restored stays."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from cryptotrader.tests.recovery.stand import (
    names_on,
    restored,
)
from monitoring.archive.watch import Watch
from monitoring.domain.recovery import BaseBackup, RestoreRefused
from monitoring.recovery.base_backups import Archive
from monitoring.recovery.recovered_server import recovered_server
from monitoring.recovery.room import room_at_the_server
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.restore_dump import Target

pytestmark = [
    pytest.mark.process,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
]


FULL = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"


@contextmanager
def small_disk(kilobytes: int) -> Iterator[Path]:
    """A file system of this size."""
    with tempfile.TemporaryDirectory(prefix="small-disk-", ignore_cleanup_errors=True) as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", name]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            pytest.skip("this machine mounts no tmpfs")
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


def test_the_disk_of_the_databases_server_is_no_server_that_is_away(live: Target) -> None:
    """PostgreSQL itself refuses with the code of a full disk, on a session of each kind that a restore has."""
    words = "^the disk of the database's server is full: could not extend file"
    with live.server.connect() as session, pytest.raises(RestoreRefused, match=words), room_at_the_server():
        session.execute(FULL)
    with connection.cursor() as cursor, pytest.raises(RestoreRefused, match=words), room_at_the_server():
        cursor.execute(FULL)
    with live.server.connect() as session, pytest.raises(psycopg.errors.DivisionByZero), room_at_the_server():
        session.execute("SELECT 1 / 0")


def test_the_disk_for_the_copy_in_plain_text(live: Target, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = make_backup(clock=timezone.now, watch=Watch()).name
    settings.BACKUP_PASSPHRASE = "a long passphrase"
    later = timezone.now() + timedelta(seconds=1)  # a backup is named by its second
    sealed = make_backup(clock=lambda: later, watch=Watch()).name
    with small_disk(16) as place:
        monkeypatch.setattr(tempfile, "tempdir", str(place))
        for name, words in ((sealed, "can't be decrypted: No space left on device"), (plain, "items can't be written")):
            code, told = restored(name)
            assert (code, words in told, "\n" in told) == (1, True, False), told
            assert list(place.iterdir()) == []
            assert names_on(live) == []


def test_the_disk_for_a_copy_of_a_base_backup() -> None:
    base = BaseBackup(timezone.now())
    with small_disk(64) as place:
        archive = Archive(place)
        data = archive.path_of(base)
        data.mkdir(parents=True)
        (data / "table").write_bytes(bytes(40_000))
        with (
            pytest.raises(RestoreRefused, match=rf"{base.name} can't be copied: .*No space left on device"),
            recovered_server(archive, base, timezone.now(), "nobody"),
        ):
            pytest.fail("a server runs on half a copy")
        assert [path.name for path in archive.base.iterdir()] == [base.name]
