"""The staff page of backups: readers see the runs, operators start one, and nobody else does."""

import pytest
from django.test import Client

from accounts.domain.approvals.requests import Role
from accounts.models import User
from accounts.tests.cast import NOON
from accounts.tests.staff import staff_member
from monitoring.archive.session import only_one
from monitoring.domain.backups.runs import State
from monitoring.models import BackupRun
from monitoring.tasks.backups import back_up
from monitoring.tests.backups import Backups

pytestmark = pytest.mark.process

LIST = "/admin/monitoring/backuprun/"
NOW = f"{LIST}back-up-now/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader(backups: Backups) -> Client:
    return signed_in(staff_member("ada", Role.AUDITOR))


@pytest.fixture
def operator(backups: Backups) -> Client:
    return signed_in(staff_member("ole", Role.OPERATOR))


def page(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_readers_see_how_each_run_ended_and_how_far_one_is(reader: Client, backups: Backups) -> None:
    run = backups.make()
    assert "Back up now" not in page(reader)
    for state, told in (
        ({"state": State.DONE, "ended_at": NOON, "copy_failure": "the bucket is gone"}, "copy failed"),
        ({"state": State.FAILED, "ended_at": NOON, "failure": "the disk is full"}, "the disk is full"),
        ({"state": State.RUNNING, "ended_at": None, "failure": ""}, "interrupted"),
    ):
        BackupRun.objects.filter(pk=run.pk).update(**state)
        assert told in page(reader, f"{LIST}{run.pk}/change/")
    BackupRun.objects.update(bytes_expected=2 * run.bytes_written)
    with only_one():
        assert "under way: about 50 %" in page(reader)


def test_only_who_may_starts_one_and_by_post_alone(
    reader: Client, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(back_up, "delay", lambda *, asked_by: asked.append(asked_by))
    assert reader.post(NOW).status_code == 403
    assert operator.get(NOW).status_code == 405
    assert Client(enforce_csrf_checks=True).post(NOW).status_code in (302, 403)
    assert asked == []
    assert "Back up now" in page(operator)
    answer = operator.post(NOW, follow=True)
    assert "The backup begins as soon as its worker is free" in answer.content.decode()
    assert asked == [User.objects.get(email__startswith="ole").pk]
