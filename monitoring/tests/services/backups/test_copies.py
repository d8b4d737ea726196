"""Copies elsewhere, over S3 and SFTP: they are checked, kept as long, and never harm the backup."""

import logging
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest
from pytest_django import Settings

from monitoring.archive.elsewhere import Elsewhere
from monitoring.archive.watch import Watch
from monitoring.domain.backups import layout
from monitoring.domain.backups.failures import CopyFailed
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun
from monitoring.tests.backups import Backups
from monitoring.tests.elsewhere import s3_server, sftp_server

pytestmark = pytest.mark.process

SECRET = "a secret that no log may show"


def walk_of_copies(backups: Backups, settings: Settings) -> None:
    """A copy that fails, one that is made later, one that another installation made, and the end of old ones."""
    address, settings.BACKUP_COPY_TO = settings.BACKUP_COPY_TO, ""
    first = backups.make()
    settings.BACKUP_COPY_TO = address
    second = backups.make()
    assert (second.copied_at, second.copy_failure) == (backups.now, "")
    with Elsewhere() as place:
        assert place.names() == [first.name, second.name], "the one from before the copies, too"
        assert place.read(second.name) == backups.manifest(second)
        part = backups.manifest(second).files[0]
        place._files.pipe_file(place._path("readme.txt"), b"not a backup")
        place._files.makedirs(place._path("cryptotrader-20200101T000000Z"), exist_ok=True)
        place._files.pipe_file(place._path("cryptotrader-20200101T000000Z", "thesis.txt"), b"years of work")
        place._files.rm_file(place._path(first.name, layout.SEAL))
        assert place.partial_names() == ["cryptotrader-20200101T000000Z", first.name]
        place._files.pipe_file(place._path(second.name, part.name), b"damaged")
        with pytest.raises(CopyFailed, match=r"database\.dump differs after the copy"):
            place._compare(backups.manifest(second), "", Watch())
    backups.now += timedelta(seconds=settings.BACKUP_KEEP_SECONDS + 60)
    third = backups.make()
    assert third.copied_at == backups.now
    with Elsewhere() as place:
        assert place.names() == [third.name]
        assert place.partial_names() == ["cryptotrader-20200101T000000Z"], "it isn't ours"
        assert place._files.cat_file(place._path("readme.txt")) == b"not a backup"


def test_s3(backups: Backups, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        settings.BACKUP_COPY_TO = "s3://safe/of/ours"
        with Elsewhere() as place:
            place._files.mkdir("safe")
        walk_of_copies(backups, settings)


def test_sftp(backups: Backups, settings: Settings, tmp_path: Path) -> None:
    key, host_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    root = tmp_path / "far away"
    root.mkdir()
    with sftp_server(root, key, host_key) as port:
        settings.BACKUP_SSH_KEY = key.export_private_key().decode().strip()
        settings.BACKUP_SSH_KNOWN_HOSTS = f"[127.0.0.1]:{port} {host_key.export_public_key().decode()}"
        settings.BACKUP_COPY_TO = f"sftp://saver@127.0.0.1:{port}/backups/ours"
        walk_of_copies(backups, settings)
        impostor = asyncssh.generate_private_key("ssh-ed25519")
        settings.BACKUP_SSH_KNOWN_HOSTS = f"[127.0.0.1]:{port} {impostor.export_public_key().decode()}"
        assert "Host key is not trusted" in backups.make().copy_failure


def test_a_place_that_is_gone_costs_the_copy_and_not_the_backup(
    backups: Backups,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    settings.BACKUP_SSH_KEY = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode().strip()
    for address in ("s3://safe/of/ours", f"sftp://saver@127.0.0.1:{closed_port}/backups"):
        settings.BACKUP_COPY_TO = address
        run = backups.make()
        assert (run.state, run.copied_at, bool(run.copy_failure)) == (State.DONE, None, True)
        assert backups.names[-1] == run.name
    assert "copy of the backup failed" in caplog.text
    told = caplog.text + "".join(run.copy_failure for run in BackupRun.objects.all())
    assert SECRET not in told
    assert settings.BACKUP_SSH_KEY[40:80] not in told
