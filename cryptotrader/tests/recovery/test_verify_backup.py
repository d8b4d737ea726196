"""The newest backup is restored on trial; the drill and its figures are written down, also when it fails."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from cryptotrader.tests.recovery.stand import names_on, open_market_with_two_trades
from monitoring.archive.watch import Watch
from monitoring.domain.backups import layout
from monitoring.domain.faults import FaultCode
from monitoring.metrics.recovery import read_recovery
from monitoring.models import BackupRun, RestoreDrill
from monitoring.recovery.server import Server
from monitoring.selectors.recovery import backup_wants_a_drill, recovery_faults, recovery_now
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.restore_dump import Target

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


def verified() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_backup", "--json", stdout=out)
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def test_a_drill_restores_the_newest_backup_and_leaves_only_its_row(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.RESTORE_DATABASE = connection.settings_dict
    assert verified()[0] == 1  # there is none
    open_market_with_two_trades()
    run = make_backup(clock=timezone.now, watch=Watch())
    before = names_on(Target(Server.of(connection.settings_dict), connection.settings_dict["NAME"]))

    code, report = verified()
    assert (code, json.loads(report)["backup"]) == (0, run.name)
    drill, state = RestoreDrill.objects.get(), recovery_now()
    assert state.verified_at == drill.started_at
    assert state.seconds == drill.seconds > 0
    assert state.at_risk == drill.started_at - drill.recoverable_at  # type: ignore[operator]
    assert (BackupRun.objects.get().verified_at or drill.started_at) > drill.started_at
    assert before == names_on(Target(Server.of(connection.settings_dict), connection.settings_dict["NAME"]))

    now = timezone.now()
    values = {family.name: family.samples[0].value for family in read_recovery(now)}
    assert values == {
        "cryptotrader_restore_verified_age_seconds": (now - drill.started_at).total_seconds(),
        "cryptotrader_restore_rto_seconds": drill.seconds,
        "cryptotrader_restore_rpo_seconds": state.at_risk.total_seconds(),
    }
    assert not backup_wants_a_drill(now)
    assert backup_wants_a_drill(now + timedelta(days=7))
    assert recovery_faults(now) == []
    assert [fault.code for fault in recovery_faults(now + timedelta(days=9))] == [FaultCode.RESTORE_UNVERIFIED]

    dump = Path(settings.BACKUP_DIR) / run.name / layout.DUMP
    dump.write_bytes(dump.read_bytes()[:-1])
    code, told = verified()
    assert (code, "it was cut off" in told) == (3, True)
    assert RestoreDrill.objects.filter(failure__contains="cut off").count() == 1
    assert recovery_now() == state  # the last good one counts
