"""The tasks of backups, as the beat and the broker call them."""

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from celery import current_app
from pytest_django import Settings

from monitoring.archive.session import only_one
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun
from monitoring.tasks.backups import back_up, back_up_when_due, stop_backup
from monitoring.tests.backups import Backups
from trading.tests.cast import Trader

pytestmark = pytest.mark.process

NIGHT = datetime(2026, 3, 2, 2, tzinfo=UTC)


def ask(minutes: float) -> list[str]:
    """The beat's task runs so long after two o'clock; returns the states of all runs, the first one first."""
    with time_machine.travel(NIGHT + timedelta(minutes=minutes), tick=False):
        back_up_when_due.apply()
    return [run.state for run in BackupRun.objects.order_by("started_at")]


def test_the_beat_asks_each_minute_and_gets_a_backup_a_night(backups: Backups, settings: Settings) -> None:
    entry = current_app.conf.beat_schedule["back-up-when-due"]
    assert (entry["task"], entry["schedule"]) == (back_up_when_due.name, 60.0)
    assert current_app.amqp.router.route({}, back_up_when_due.name)["queue"].name == "backup"
    assert not back_up_when_due.acks_late
    assert ask(-180) == ["done"], "there was none at all"
    assert ask(-1) == ["done"]
    assert ask(0) == ["done", "done"]
    assert ask(1) == ask(600) == ["done", "done"]
    settings.BACKUP_DIR = str(backups.path / BackupRun.objects.latest("started_at").name / "manifest.json")
    assert ask(24 * 60) == ["done", "done", "failed"]
    settings.BACKUP_DIR = str(backups.path)
    assert ask(24 * 60 + 29) == ["done", "done", "failed"]
    assert ask(24 * 60 + 30) == ["done", "done", "failed", "done"]
    settings.BACKUP_AT = None
    assert ask(10 * 24 * 60) == ["done", "done", "failed", "done"]
    settings.BACKUP_AT = time(2)
    with only_one():
        assert ask(11 * 24 * 60) == ["done", "done", "failed", "done"], "it comes again in a minute"


def test_staff_get_one_at_once_and_a_stopping_worker_ends_it(
    backups: Backups, alice: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up.apply(kwargs={"asked_by": alice.user.pk, "added_in": "the next release"}, throw=True)
    assert BackupRun.objects.get().asked_by_id == alice.user.pk
    from threading import Event

    monkeypatch.setattr("monitoring.tasks.backups._stopping", Event())
    stop_backup()
    with time_machine.travel(NIGHT + timedelta(days=400), tick=False):
        assert back_up.apply(kwargs={"asked_by": alice.user.pk}).failed()
    last = BackupRun.objects.latest("started_at")
    assert (last.state, last.failure) == (State.FAILED, "it was told to stop")
