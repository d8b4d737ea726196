"""A backup is whole, of one moment, and can be restored. Plain text never reaches the disk of an encrypted one."""

import json
import subprocess
from datetime import timedelta
from io import BytesIO

import pyrage
import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from monitoring.archive.contents import read_contents
from monitoring.archive.programs import find_program
from monitoring.archive.session import AlreadyRuns, only_one
from monitoring.archive.watch import Watch
from monitoring.domain.backups import layout
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun
from monitoring.tests.backups import Backups, scratch_database
from trading.tests.cast import Stage, Trader
from trading.tests.ears import Server

pytestmark = pytest.mark.process


def restore_into(session_dsn: str, password: str, dump: bytes) -> None:
    """Restores with PostgreSQL's own program, which reads the dump from a pipe."""
    program = find_program("pg_restore", 180000)
    command = [str(program.path), "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={session_dsn}"]
    done = subprocess.run(command, input=dump, env={"PGPASSWORD": password}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_a_restored_backup_shows_the_figures_of_its_manifest_though_trading_went_on(
    backups: Backups, stage: Stage, alice: Trader
) -> None:
    trades = [alice.place()]
    stage.price(NOON + timedelta(seconds=1), "60000.00")

    def trade_meanwhile() -> bool:
        if len(trades) < 3:
            trades.append(alice.place(at=NOON + timedelta(seconds=len(trades))))
        return False

    run = backups.make(Watch(stop=trade_meanwhile))
    told = backups.manifest(run).contents
    assert len(trades) == 3
    assert told.rows["flash_trades"] == 1, "the snapshot is from before the others"
    assert {(line.kind, line.held) for line in told.ledger if line.kind == "wallet"} == {("wallet", trades[0].stake)}
    assert [(head.instrument, head.sequence) for head in told.chains] == [("BTC-USDT", 2)]
    with scratch_database() as session:
        restore_into(session.info.dsn, session.info.password, backups.bytes_of(run, layout.DUMP))
        found = read_contents(session)
    assert (found.rows, found.ledger, found.chains) == (told.rows, told.ledger, told.chains)
    assert found.migrations == told.migrations


def test_its_row_and_its_files_say_the_same(backups: Backups) -> None:
    run = backups.make()
    found = backups.manifest(run)
    assert (run.state, run.bytes_written, run.encrypted, run.warnings) == (State.DONE, found.size_bytes, False, [])
    assert [part.name for part in found.files] == [layout.DUMP, layout.REDIS, layout.CONFIGURATION]
    for part in found.files:
        assert len(backups.bytes_of(run, part.name)) == part.size_bytes
    assert backups.everything == [run.name]
    assert [oct(path.stat().st_mode)[-3:] for path in (backups.path, backups.path / run.name)] == ["700", "700"]
    assert {oct(path.stat().st_mode)[-3:] for path in (backups.path / run.name).iterdir()} == {"600"}
    second = backups.make()
    assert second.bytes_expected == run.bytes_written


def test_it_has_a_snapshot_of_redis_or_says_why_not(backups: Backups, settings: Settings, own_valkey: Server) -> None:
    while not own_valkey.answers():
        pass
    settings.BACKUP_REDIS_URL = own_valkey.url()
    from redis import Redis

    with Redis.from_url(own_valkey.url()) as redis:
        redis.set("known", "by its value")
        with_it = backups.make()
        redis.execute_command("ACL", "SETUSER", "default", "-sync")
        refused = backups.make()
    own_valkey.kill()
    without = backups.make()
    snapshot = backups.bytes_of(with_it, layout.REDIS)
    assert snapshot.startswith((b"REDIS", b"VALKEY"))
    assert b"by its value" in snapshot
    for run in (refused, without):
        assert (run.state, backups.manifest(run).part(layout.REDIS)) == (State.DONE, None)
        assert [warning.startswith("Redis gives no snapshot: ") for warning in run.warnings] == [True]


@pytest.mark.parametrize("kind", ["recipients", "passphrase"])
def test_an_encrypted_backup_is_read_with_its_key_and_nothing_else_of_it_is_in_plain_text(
    backups: Backups, settings: Settings, kind: str
) -> None:
    identity = pyrage.x25519.Identity.generate()
    if kind == "recipients":
        other = pyrage.x25519.Identity.generate().to_public()
        settings.BACKUP_AGE_RECIPIENTS = (str(other), str(identity.to_public()))
    else:
        settings.BACKUP_PASSPHRASE = "correct horse battery staple"
    run = backups.make()
    found = backups.manifest(run)
    assert run.encrypted
    assert found.encryption == (settings.BACKUP_AGE_RECIPIENTS or ("passphrase",))
    if kind == "passphrase":
        wrapped = backups.bytes_of(run, layout.IDENTITY)
        text = pyrage.passphrase.decrypt(wrapped, settings.BACKUP_PASSPHRASE).decode()
        identity = pyrage.x25519.Identity.from_str(text.strip())
    for name, beginning in ((layout.DUMP, b"PGDMP"), (layout.REDIS, (b"REDIS", b"VALKEY"))):
        part = found.part(name)
        assert part is not None
        plain = BytesIO()
        pyrage.decrypt_io(BytesIO(backups.bytes_of(run, part.name)), plain, [identity])
        assert plain.getvalue().startswith(beginning)
        assert beginning[0] not in backups.bytes_of(run, part.name)[:8] or b"age" in backups.bytes_of(run, part.name)
    assert b"PGDMP" not in b"".join(path.read_bytes() for path in (backups.path / run.name).iterdir())


def test_the_configuration_has_no_secret_of_the_settings(backups: Backups, settings: Settings) -> None:
    settings.BACKUP_PASSPHRASE, settings.BACKUP_SSH_KEY = "a passphrase that nobody knows", "a key that nobody knows"
    settings.BTCPAY_API_KEY = settings.BTCPAY_WEBHOOK_SECRET = "a secret of the payments"
    settings.BACKUP_AGE_RECIPIENTS = (str(pyrage.x25519.Identity.generate().to_public()),)
    run = backups.make()
    files = (layout.CONFIGURATION, layout.MANIFEST, layout.SEAL)
    text = b"".join(backups.bytes_of(run, name) for name in files).decode()
    database = django_settings.DATABASES["default"]
    secrets = [
        settings.SECRET_KEY, settings.JWT_SECRET, *settings.ENCRYPTION_KEYS, settings.HEADLESS_JWT_PRIVATE_KEY,
        settings.BACKUP_PASSPHRASE, settings.BACKUP_SSH_KEY, settings.BTCPAY_API_KEY, database["PASSWORD"],
        settings.REDIS_URL.partition("@")[0].rpartition(":")[2],
    ]  # fmt: skip
    assert [secret for secret in secrets if not secret or secret in text] == []
    told = json.loads(text[: text.index("\n}\n") + 2])
    assert told["database"]["name"] == database["NAME"]
    assert told["settings"]["SITE_URL"] == settings.SITE_URL


def test_a_second_one_at_the_same_time_is_refused(backups: Backups) -> None:
    with only_one(), pytest.raises(AlreadyRuns):
        backups.make()
    assert BackupRun.objects.count() == 0
    assert backups.make().state == State.DONE
    backups.now -= timedelta(minutes=1)
    with pytest.raises(AlreadyRuns, match="in this very second"):
        backups.make()
    assert BackupRun.objects.count() == 1


def test_old_ones_go_and_what_others_put_there_stays(backups: Backups, settings: Settings) -> None:
    old = [backups.make(), backups.make()]
    others = backups.path / "cryptotrader-20200101T000000Z"
    others.mkdir()
    (others / "thesis.txt").write_text("years of work")
    (backups.path / "lost+found").mkdir()
    backups.now += timedelta(seconds=settings.BACKUP_KEEP_SECONDS)
    new = backups.make()
    assert backups.everything == sorted([new.name, others.name, "lost+found"])
    assert (others / "thesis.txt").exists()
    assert {run.removed_at is None for run in BackupRun.objects.filter(pk__in=[each.pk for each in old])} == {False}
    backups.now += timedelta(days=400)
    with pytest.raises(Exception, match="told to stop"):
        backups.make(Watch(stop=lambda: True))
    assert new.name in backups.names, "the last good one stays"


OUR_LOCKS = """
SELECT FROM pg_locks JOIN pg_database d ON d.oid = database AND d.datname = current_database()
WHERE locktype = 'advisory' AND classid = 1111706448
"""
"""Other tests make backups of other databases of this server."""


def test_a_backup_under_way_shows_its_progress(backups: Backups, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitoring.archive.journal.SECONDS_BETWEEN", 0.0)
    seen: list[tuple[int, int]] = []

    def look(size: int) -> None:
        run = BackupRun.objects.get()
        if run.state == State.RUNNING:
            seen.append((size, run_sql(OUR_LOCKS)))

    run = backups.make(Watch(told=look))
    sizes = [size for size, _ in seen]
    assert sizes == sorted(sizes)
    assert 0 < sizes[0] < sizes[-1]
    assert {held for _, held in seen} == {1}
    assert run.bytes_written == backups.manifest(run).size_bytes
