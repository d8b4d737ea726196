"""What must be well before a deployment begins."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.ct.host.stage import Host
from deploy.ct.keys import KEYS
from deploy.ct.outcome import Stopped
from deploy.ct.rollout.preflight import faults, of_backups, of_server
from deploy.ct.rollout.stage import Server
from deploy.ct.rollout.state import State
from deploy.ct.settings import Settings


class Place(Host):
    """This host, with a running release that answers as given."""

    answer = ""
    free = 10**12

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.reasons: list[str | None] = []

    def ask(self, command: Sequence[str]) -> str:
        if not self.answer:
            raise Stopped("manage.py: unrecognized arguments: --last")
        return self.answer

    def readiness(self, server: Server) -> str | None:
        return self.reasons.pop(0)

    def free_bytes(self) -> int:
        return self.free


def place(home: Path, environment: str = "production", **variables: str) -> tuple[Place, Settings]:
    settings = Settings(environment, home, variables)
    return Place(settings), settings


@pytest.mark.process
def test_little_disk_and_a_failing_check_of_migrations_are_faults(tmp_path: Path) -> None:
    here, settings = place(tmp_path, CT_MIGRATION_LINT="false")
    assert list(faults(here, settings, State())) == [
        "the check of the migrations (CT_MIGRATION_LINT) failed: `false` ended with 1"
    ]
    here, settings = place(tmp_path, CT_MIGRATION_LINT="true", CT_DISK_FREE_MIN_GB="3")
    here.free = 2_900_000_000
    assert list(faults(here, settings, State())) == ["only 2.9 GB are free, fewer than 3 (CT_DISK_FREE_MIN_GB)"]


def test_one_late_answer_of_a_busy_server_is_no_fault(tmp_path: Path) -> None:
    here, _ = place(tmp_path)
    server = Server("web", "web-blue-1", "127.0.0.1:8100")
    here.reasons = ["no answer: timed out", "no answer: timed out", None, None]
    assert list(of_server(here, server)) == []
    here.reasons = ["no answer: timed out"] * 3
    assert list(of_server(here, server)) == ["web-blue-1 of the running release is not ready: no answer: timed out"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"name": "b-1", "age_hours": 25.9}, None),
        ({"name": "b-1", "age_hours": 26.6}, "b-1 is the last backup, 27 hours old, more than 26"),
        ({"name": None, "age_hours": None}, "there is no backup: `ct backup` makes one"),
        ({}, "the running release doesn't tell its last backup"),
        (None, "the running release doesn't tell its last backup: manage.py: unrecognized"),
    ],
)
def test_the_last_backup_must_be_young(tmp_path: Path, answer: dict[str, object] | None, fault: str | None) -> None:
    here, settings = place(tmp_path)
    here.answer = "" if answer is None else json.dumps(answer)
    found = list(of_backups(here, settings))
    assert found == [] if fault is None else found[0].startswith(fault)


def test_the_age_of_a_backup_may_be_another_one_or_of_no_interest(tmp_path: Path) -> None:
    for environment, hours, many in (("development", "", 0), ("production", "0", 0), ("development", "2", 1)):
        here, settings = place(tmp_path, environment, CT_BACKUP_HOURS_MAX=hours)
        here.answer = json.dumps({"name": "b-1", "age_hours": 3})
        assert len(list(of_backups(here, settings))) == many


CHECK = """
import pathlib, sys
with pathlib.Path("done").open("a") as file:
    file.write("check\\n")
if "--deploy" in sys.argv and pathlib.Path("unsafe").exists():
    sys.exit("SystemCheckError: Some issues:\\n\\nERRORS:\\n?: (cryptotrader.E005) Mails come from localhost\\n"
        "\\tHINT: Set EMAIL_FROM.\\n\\nSystem check identified 1 issue (0 silenced).")
"""
MIGRATE = """
import pathlib
with pathlib.Path("done").open("a") as file:
    file.write("migrate\\n")
"""


@pytest.mark.process
def test_outside_development_unsafe_settings_end_a_deployment_before_it_migrates(tmp_path: Path) -> None:
    for name in (*KEYS, "database_url_owner", "database_url_app", "redis_queue_url", "redis_cache_url"):
        (tmp_path / "secrets").mkdir(exist_ok=True)
        (tmp_path / "secrets" / name).write_text("somewhere")
    root = tmp_path / "releases" / "one"
    (root / "cryptotrader").mkdir(parents=True)
    (root / "manage.py").write_text(CHECK)
    (root / "cryptotrader" / "start.py").write_text(MIGRATE)
    here, _ = place(tmp_path, CT_PYTHON=sys.executable)
    here.migrate("one")
    assert (root / "done").read_text().split() == ["check", "migrate", "check"]
    (root / "done").unlink()
    (root / "unsafe").touch()
    with pytest.raises(Stopped, match=r"manage\.py check --deploy") as stopped:
        here.migrate("one")
    assert str(stopped.value).endswith("ended with 1: (cryptotrader.E005) Mails come from localhost. Set EMAIL_FROM")
    assert (root / "done").read_text().split() == ["check"]
    place(tmp_path, "development", CT_PYTHON=sys.executable)[0].migrate("one")
    assert (root / "done").read_text().split() == ["check", "migrate"]
