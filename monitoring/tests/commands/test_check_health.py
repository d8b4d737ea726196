"""The command tells people of each fault and its fix, also without a database."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command

from accounts.tests.threads import at_once
from monitoring.domain.health import Program
from monitoring.services.note_heartbeat import note_heartbeat
from trading.tests.cast import Stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everything_lives(settings: Any) -> Iterator[None]:
    cache.clear()
    for program in Program:
        note_heartbeat(program=program)
    settings.HEALTH_DISK_FREE_MIN_PERCENT = 0
    yield
    cache.clear()


def run(*arguments: str) -> tuple[int, str]:
    """Returns the exit code, and what it printed."""
    out = StringIO()
    try:
        call_command("check_health", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_it_ends_with_0_where_all_is_well(transactional_db: None) -> None:
    """No instrument, so no stale index."""
    code, text = run()
    assert (code, text.splitlines()[-1]) == (0, "no faults")
    assert [line.split()[0] for line in text.splitlines()[:8]] == [
        *("postgresql", "redis", "broker", "settler", "worker", "beat", "migrations", "clock")
    ]
    assert run("--quiet") == (0, "no faults\n")


def test_it_tells_each_fault_with_its_fix(stage: Stage) -> None:
    cache.delete("monitoring.heartbeat.settler")
    code, text = run()
    assert code == 3
    assert "settler            SILENT, never heard of" in text
    assert "index BTC-USDT     stale" in text
    assert (
        "FAULT settler-silent (settler)\n      fix: start `celery -A cryptotrader worker --queues settlement`" in text
    )
    assert text.endswith("2 faults\n")
    code, text = run("--json")
    assert code == 3
    assert {(fault["code"], bool(fault["fix"])) for fault in json.loads(text)["faults"]} == {
        ("settler-silent", True),
        ("index-stale", True),
    }


@pytest.mark.usefixtures("no_database")
def test_it_works_without_a_database(transactional_db: None) -> None:
    (result,) = at_once([run])
    assert not isinstance(result, Exception)
    code, text = result
    assert code == 4
    assert "postgresql         DOWN (OperationalError)" in text
    assert "FAULT database-down (postgresql)\n      fix: start PostgreSQL" in text
    assert "migrations         unknown" in text
    assert "settler            lives" in text
