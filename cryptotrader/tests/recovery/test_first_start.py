"""`make run RESTORE=…` begins with a backup on an empty machine, and never puts one over data by accident."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from cryptotrader.local.home import ROOT
from cryptotrader.local.run import EXIT_RESTORE_REFUSED
from cryptotrader.tests.recovery.stand import (
    names_on,
    open_market_with_two_trades,
    own_target,
    removed_afterwards,
    trades_of,
)
from monitoring.archive.watch import Watch
from monitoring.recovery import databases
from monitoring.services.backups.make_backup import make_backup

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


def test_an_empty_machine_begins_with_the_backup(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    open_market_with_two_trades()
    backup = tmp_path / make_backup(clock=timezone.now, watch=Watch()).name
    with removed_afterwards(own_target()) as target:
        url = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{target.live}"

        def prepare() -> tuple[int, str]:
            own = {
                "DATABASE_URL": url,
                "RESTORE": str(backup),
                "DJANGO_DEBUG": "0",
                "SITE_URL": "https://flash.example",
                "DJANGO_SETTINGS_MODULE": "cryptotrader.tests.recovery.plain_files",
                "STATIC_FILES": str(tmp_path / "static"),
            }
            done = subprocess.run(
                [sys.executable, "-m", "cryptotrader.local.prepare"],
                cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=False,
            )  # fmt: skip
            return done.returncode, done.stdout

        with target.server.connect() as server:
            databases.make(server, target.live, like=None)  # as the embedded server makes it
        code, told = prepare()
        assert (code, told.splitlines()[0].startswith("restored")) == (0, True), told
        assert [trade[0] for trade in trades_of(target)] == ["settled", "pending"]
        assert names_on(target) == [target.live]
        assert (tmp_path / "static" / "admin").is_dir()

        code, told = prepare()
        assert (code, "there is data already" in told) == (EXIT_RESTORE_REFUSED, True)
        assert names_on(target) == [target.live]
