"""A backup that was cut off, changed, exchanged or is another program's is refused in one line; nothing changes."""

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from cryptotrader.tests.recovery.stand import (
    names_on,
    restored,
)
from monitoring.archive.watch import Watch
from monitoring.domain.backups import layout, seals
from monitoring.recovery import databases
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.restore_dump import Target

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]
Change = Callable[[Path], None]


def manifest(**changes: Any) -> Change:
    """Changes members of the manifest, and seals it again: as another program writes it."""

    def change(directory: Path) -> None:
        members = json.loads((directory / layout.MANIFEST).read_text())
        for name, value in changes.items():
            place = members if name in members else members["contents"]
            place[name] = value
        _write(directory, json.dumps(members).encode(), django_settings.ENCRYPTION_KEYS)

    return change


def _write(directory: Path, text: bytes, keys: list[str]) -> None:
    (directory / layout.MANIFEST).write_bytes(text)
    (directory / layout.SEAL).write_bytes(seals.seal(text, keys))


def cut_off(directory: Path) -> None:
    with (directory / layout.DUMP).open("r+b") as dump:
        dump.truncate(dump.seek(0, 2) // 2)


def exchanged(directory: Path) -> None:
    dump = directory / layout.DUMP
    dump.write_bytes(dump.read_bytes()[:-1] + b"!")


def gone(directory: Path) -> None:
    (directory / layout.DUMP).unlink()


def forged(directory: Path) -> None:
    _write(directory, (directory / layout.MANIFEST).read_bytes(), ["a stranger's"])


def damaged(directory: Path) -> None:
    with (directory / layout.MANIFEST).open("ab") as file:
        file.write(b" ")


def empty(directory: Path) -> None:
    """A dump that fits its manifest, but is none."""
    (directory / layout.DUMP).write_bytes(b"")
    members = json.loads((directory / layout.MANIFEST).read_text())
    for part in members["files"]:
        if part["name"] == layout.DUMP:
            part |= {"size_bytes": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    manifest(files=members["files"])(directory)


REFUSALS: list[tuple[Change, str]] = [
    (cut_off, "it was cut off or exchanged"),
    (exchanged, "has another checksum than the manifest says"),
    (gone, "database.dump can't be read"),
    (forged, "sealed with other ENCRYPTION_KEYS"),
    (damaged, "the manifest and its checksum differ"),
    (manifest(format=2), "the manifest has format 2; this program reads 1"),
    (manifest(name="cryptotrader-20200101T000000Z"), "the files were exchanged"),
    (manifest(server_version=990000), "the backup is of PostgreSQL 99"),
    (manifest(migrations={"trading": "9999_later"}), "the backup is of a newer program: this one doesn't know trading"),
    (manifest(chains=[]), "the restored database is not the one that was dumped: chains"),
    (empty, "the dump can't be read"),
]


def test_each_is_refused_in_one_line_and_changes_nothing(live: Target, tmp_path: Path) -> None:
    name = make_backup(clock=timezone.now, watch=Watch()).name
    whole = Path(django_settings.BACKUP_DIR) / name
    for number, (change, words) in enumerate(REFUSALS):
        copy = tmp_path / str(number) / name
        shutil.copytree(whole, copy)
        change(copy)
        code, told = restored(str(copy))
        assert (code, words in told, "\n" in told) == (1, True, False), told
        assert names_on(live) == []
    assert restored("cryptotrader-20200101T000000Z")[0] == 1
    with databases.lock(live.server, "restore", live.live):
        assert restored(name)[0] == 5
    code, report = restored(name, "--json")
    assert (code, json.loads(report)["exchanged"], names_on(live)) == (0, True, [live.live])
    assert restored("--back", "nothing")[0] == 1


def test_an_encrypted_backup_needs_its_passphrase_or_identity(live: Target, settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_PASSPHRASE = "a long passphrase"
    name = make_backup(clock=timezone.now, watch=Watch()).name
    settings.BACKUP_PASSPHRASE = "another"
    assert "is not the passphrase of this backup" in restored(name)[1]
    settings.BACKUP_PASSPHRASE = ""
    assert "set BACKUP_PASSPHRASE" in restored(name)[1]
    settings.BACKUP_PASSPHRASE = "a long passphrase"
    assert restored(name)[0] == 0
    assert names_on(live) == [live.live]


def test_a_backup_for_a_recipient_is_read_with_the_identity_alone(
    live: Target, settings: Settings, tmp_path: Path
) -> None:
    own, strange = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for file, identity in (("own", own), ("strange", strange)):
        (tmp_path / file).write_text(f"# made by a test\n{identity}\n")
    settings.BACKUP_AGE_RECIPIENTS = (str(own.to_public()),)
    name = make_backup(clock=timezone.now, watch=Watch()).name
    assert "name the --identity file" in restored(name)[1]
    assert "can't be decrypted with this identity" in restored(name, "--identity", str(tmp_path / "strange"))[1]
    (tmp_path / "none").write_text("nothing\n")
    assert "has no identity of age" in restored(name, "--identity", str(tmp_path / "none"))[1]
    assert restored(name, "--identity", str(tmp_path / "own"), "--dry-run")[0] == 0
    assert names_on(live) == []


def test_the_way_back_is_never_gone_on_trial(live: Target) -> None:
    before = names_on(live)
    code, words = restored("--back", "--dry-run")
    assert (code, words.partition(":")[0]) == (2, "--back has no --dry-run")
    assert names_on(live) == before


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (["--back", "nothing"], "kept databases of"),
        (["--back"], "kept databases of"),
        (["cryptotrader-20200101T000000Z"], "cryptotrader-20200101T000000Z"),
        (["--to", "2999-01-01T00:00:00Z"], "WAL_ARCHIVE_DIR isn't set"),
    ],
)
def test_nobody_is_asked_to_confirm_what_cannot_be_found(
    live: Target, monkeypatch: pytest.MonkeyPatch, named: list[str], words: str
) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: pytest.fail("asked"))
    with pytest.raises(CommandError, match=words) as caught:
        call_command("restore", *named, stdout=StringIO(), stderr=StringIO())
    assert caught.value.returncode == 1
