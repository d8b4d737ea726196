"""Recovery to just before a mistake, by base backup and archived log, on an embedded PostgreSQL of the test's own."""

import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.archive import directories_of
from cryptotrader.local.logins import OWNER, SUPERUSER
from cryptotrader.local.postgres import DATABASE, Postgres
from cryptotrader.tests.money.test_worker_crash import wait_until
from cryptotrader.tests.recovery.stand import (
    EXPIRY,
    chain_of,
    later_prices,
    open_market_with_two_trades,
    quiet,
    settle_later,
    trades_of,
)
from monitoring.domain.faults import FaultCode
from monitoring.domain.recovery import BaseBackup, RestoreRefused
from monitoring.metrics.recovery import read_recovery
from monitoring.recovery.elsewhere import on_database
from monitoring.recovery.server import Server
from monitoring.selectors.recovery import recovery_faults, recovery_now
from monitoring.services.reconcile_ledger import reconcile_ledger
from monitoring.services.restore_dump import Restored, Target
from monitoring.services.restore_moment import restore_moment
from monitoring.services.take_base_backup import take_base_backup
from trading.models import FlashTrade
from trading.tests.cast import Trader

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


class OwnServer:
    """An archiving PostgreSQL, as `make run` starts it."""

    def __init__(self, home: Path) -> None:
        self.archive = home / "archive"
        self.postgres = Postgres(home, durable=False, archive=self.archive)
        self.child = self.postgres.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.postgres.answers():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def login(self, name: str) -> Server:
        url = urlsplit(self.postgres.url_of(name))
        host, _, port = url.netloc.rpartition("@")[2].partition(":")
        return Server(unquote(host), port, name, url.password or "")


@pytest.fixture
def own(settings: Settings) -> Iterator[OwnServer]:
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as home:
        server = OwnServer(Path(home))
        settings.WAL_ARCHIVE_DIR, settings.BASE_BACKUPS_KEPT = str(server.archive), 1
        yield server
        server.postgres.stop(server.child, lambda: True)


def restore(moment: datetime, target: Target) -> Restored:
    return restore_moment(moment=moment, target=target, clock=timezone.now, say=quiet, exchange=True)


def clock_of(target: Target) -> datetime:
    with target.server.connect() as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        assert row
        return row[0]  # type: ignore[no-any-return]


def assert_a_failing_archive_is_told(own: OwnServer, target: Target) -> None:
    """Its directory goes away and comes back: PostgreSQL tries again by itself."""
    _, wal, _ = directories_of(own.archive)

    def told(failing: bool) -> bool:
        with target.server.connect() as server:
            server.execute("SELECT pg_switch_wal()")
        with on_database(target.server, target.live):
            state = recovery_now()
            assert state.archives
            codes = [fault.code for fault in recovery_faults(timezone.now())]
            return state.archive_failing == failing == (FaultCode.WAL_ARCHIVE_FAILING in codes)

    assert told(False)
    wal.rename(wal.with_name("away"))
    wait_until(lambda: told(True), "the failure")
    wal.with_name("away").rename(wal)
    wait_until(lambda: told(False), "the archive")
    with on_database(target.server, target.live):
        values = {family.name: family.samples[0].value for family in read_recovery(timezone.now())}
    assert values["cryptotrader_wal_archive_failed"] == 0
    assert 0 <= values["cryptotrader_wal_archive_age_seconds"] < PATIENCE_SECONDS


def test_all_comes_back_that_was_committed_before_a_mistake(transactional_db: None, own: OwnServer) -> None:
    target = Target(own.login(OWNER), DATABASE)
    with on_database(target.server, target.live):
        call_command("migrate", interactive=False, verbosity=0)
        open_market_with_two_trades()
    first = take_base_backup(server=target.server)
    with on_database(target.server, target.live):
        alice = Trader(FlashTrade.objects.earliest("accepted_at").user)
        alice.place(at=EXPIRY, stake="70", key="after the base backup")
    before, moment = trades_of(target), clock_of(target)
    with own.login(SUPERUSER).connect(target.live) as superuser:
        superuser.execute("SET session_replication_role = replica")
        assert superuser.execute("DELETE FROM flash_trades").rowcount == 3
    with on_database(target.server, target.live):
        assert reconcile_ledger().faults
        later_prices()  # the feed has noticed nothing

    report = restore(moment, target)
    assert (report.prices_carried, report.lost) == (2, ())
    assert trades_of(target) == before
    assert len(chain_of(target)) == 5
    with on_database(target.server, target.live):
        assert reconcile_ledger().faults == ()
        settle_later()
        assert not FlashTrade.objects.exclude(state="settled").exists()

    assert_a_failing_archive_is_told(own, target)
    assert_what_can_be_reached_is_told(own, target, first.made, moment)


def assert_what_can_be_reached_is_told(own: OwnServer, target: Target, first: BaseBackup, moment: datetime) -> None:
    """The next base backup takes the first one's place, and the log before it goes."""
    second = take_base_backup(server=target.server)
    assert second.removed == (first,)
    _, wal, base = directories_of(own.archive)
    assert [path.name for path in base.iterdir()] == [second.made.name]
    assert not (wal / "000000010000000000000001").exists()
    with pytest.raises(RestoreRefused, match="no base backup is older than that moment"):
        restore(moment, target)
    with pytest.raises(RestoreRefused, match="that moment has not come"):
        restore(timezone.now() + timedelta(hours=1), target)
    (wal / sorted(path.name for path in wal.iterdir() if len(path.name) == 24)[-1]).unlink()
    with pytest.raises(RestoreRefused, match="the archived log ends before that moment"):
        restore(second.made.ended_at + timedelta(milliseconds=1), target)
