"""The login `backup` makes whole backups and can do nothing else; the others can't make one."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import Error as DatabaseError
from pytest_django import Settings

from accounts.tests.cast import NOON
from accounts.tests.guards import run_sql
from cryptotrader.tests.roles.logins import acting_as
from monitoring.archive.directory import read_backup
from monitoring.archive.watch import Watch
from monitoring.domain.backups.failures import BackupFailed
from monitoring.domain.privileges import Role
from monitoring.models import BackupRun
from monitoring.selectors.backups import is_running
from monitoring.services.backups.make_backup import make_backup
from monitoring.services.find_role_faults import find_role_faults
from monitoring.services.grant_roles import role_names
from trading.tests.cast import Stage, Trader

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("_logins"),
    pytest.mark.process,
]


def test_it_backs_everything_up_and_the_app_sees_how_far_it_is(
    stage: Stage, alice: Trader, settings: Settings, tmp_path: Path
) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    alice.place()
    seen: list[bool] = []

    def look() -> bool:
        seen.append(is_running())
        return False

    with acting_as(Role.BACKUP):
        run = make_backup(clock=lambda: NOON, watch=Watch(stop=look), asked_by=alice.user.pk)
    assert set(seen) == {True}
    rows = read_backup(tmp_path / run.name).contents.rows
    assert (rows["flash_trades"], rows["users"], rows["audit_events"] > 0) == (1, 1, True)
    with acting_as(Role.APP):
        assert BackupRun.objects.get().asked_by_id == alice.user.pk
        assert not is_running()
        with pytest.raises(DatabaseError):
            BackupRun.objects.update(bytes_written=1)
        with pytest.raises(DatabaseError):
            make_backup(clock=lambda: NOON + timedelta(minutes=1), watch=Watch())


def test_a_table_that_it_may_not_read_is_named(stage: Stage, settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_DIR = str(tmp_path)
    run_sql(f"REVOKE pg_read_all_data FROM {role_names()[Role.BACKUP]}")
    try:
        assert f"{role_names()[Role.BACKUP]}: membership on pg_read_all_data: lacks it" in find_role_faults()
        with acting_as(Role.BACKUP), pytest.raises(BackupFailed, match="permission denied for table") as caught:
            make_backup(clock=lambda: NOON, watch=Watch())
        assert list(tmp_path.iterdir()) == []
        assert BackupRun.objects.get().failure == str(caught.value)
    finally:
        run_sql(f"GRANT pg_read_all_data TO {role_names()[Role.BACKUP]}")


@pytest.mark.parametrize("command", ["verify_backup", "base_backup"])
def test_a_login_that_may_not_restore_is_refused_in_one_line(
    stage: Stage, settings: Settings, tmp_path: Path, command: str
) -> None:
    settings.BACKUP_DIR, settings.WAL_ARCHIVE_DIR = str(tmp_path / "backups"), str(tmp_path)
    with acting_as(Role.BACKUP):
        make_backup(clock=lambda: NOON, watch=Watch())
    with acting_as(Role.APP), pytest.raises(CommandError) as refused:
        call_command(command, stdout=StringIO(), stderr=StringIO())
    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
