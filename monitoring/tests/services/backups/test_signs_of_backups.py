"""Health and metrics tell how the backups stand: old, failed, interrupted, not copied, and well."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.tests.guards import run_sql
from monitoring.archive.session import only_one
from monitoring.archive.watch import Watch
from monitoring.domain.backups.failures import Stopped
from monitoring.domain.backups.runs import State
from monitoring.domain.backups.signs import BackupSigns
from monitoring.domain.faults import FaultCode
from monitoring.metrics.backups import read_backups
from monitoring.models import BackupRun
from monitoring.selectors.backups import backup_signs
from monitoring.services.check_health import check_health
from monitoring.tests.backups import Backups

pytestmark = pytest.mark.process

PREFIX = "cryptotrader_backup_"


def gauges(backups: Backups) -> dict[str, float]:
    found = [sample for metric in read_backups(backups.now) for sample in metric.samples]
    return {sample.name.removeprefix(PREFIX): sample.value for sample in found}


def codes(backups: Backups) -> set[str]:
    faults = check_health(clock=lambda: backups.now).faults
    return {fault.code for fault in faults if fault.code.startswith("backup-")}


def test_they_follow_the_runs(backups: Backups, settings: Settings) -> None:
    assert gauges(backups) == {"running": 0, "failed": 0}
    assert codes(backups) == set(), "the installation is new"
    good = backups.make()
    assert good.ended_at is not None
    backups.now += timedelta(hours=1)
    assert gauges(backups) == {
        "running": 0, "failed": 0, "age_seconds": 3600, "size_bytes": good.bytes_written, "duration_seconds": 0,
    }  # fmt: skip
    assert codes(backups) == set()
    with pytest.raises(Stopped):
        backups.make(Watch(stop=lambda: True))
    assert (gauges(backups)["failed"], gauges(backups)["age_seconds"]) == (1, 3660)
    assert codes(backups) == {FaultCode.BACKUP_FAILED}
    settings.BACKUP_COPY_TO, settings.BACKUP_SSH_KEY = "sftp://nobody@127.0.0.1:1/nowhere", ""
    last = backups.make()
    assert codes(backups) == {FaultCode.BACKUP_COPY_FAILED}
    assert backup_signs(backups.now) == BackupSigns(last.name, False, "", last.name)
    BackupRun.objects.filter(pk=last.pk).update(copied_at=backups.now, copy_failure="")
    backups.now += timedelta(seconds=30)
    assert gauges(backups)["off_host_age_seconds"] == 30
    backups.now += timedelta(days=2)
    assert codes(backups) == {FaultCode.BACKUP_OLD}
    settings.BACKUP_AT = None
    assert codes(backups) == set()


def test_a_run_is_under_way_only_while_its_process_lives(backups: Backups) -> None:
    run = backups.make()
    BackupRun.objects.update(state=State.RUNNING, ended_at=None)
    with only_one():
        assert (gauges(backups)["running"], gauges(backups)["failed"]) == (1, 0)
        assert codes(backups) == set()
    assert (gauges(backups)["running"], gauges(backups)["failed"]) == (0, 1)
    assert backup_signs(backups.now).failed == run.name


def test_an_installation_that_was_never_backed_up_is_a_fault_after_its_first_night(backups: Backups) -> None:
    begun = timezone.now()
    run_sql("UPDATE django_migrations SET applied = %s", begun)
    try:
        backups.now = begun + timedelta(hours=1)
        assert codes(backups) == set()
        backups.now = begun + timedelta(hours=27)
        assert codes(backups) == {FaultCode.BACKUP_OLD}
        connection.close()
    finally:
        backups.now = begun
