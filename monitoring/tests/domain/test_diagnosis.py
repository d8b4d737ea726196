"""The faults in readings, and which of them take a server out of the traffic."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from monitoring.domain.diagnosis import diagnose
from monitoring.domain.faults import FIXES, FaultCode
from monitoring.domain.health import (
    Dependency,
    DependencyName,
    Disk,
    Health,
    IndexAge,
    Migrations,
    Program,
    Pulse,
    Readings,
)
from trading.domain.clocks import ClockReport

HERE = ClockReport("server", "here", timedelta(0), datetime(2026, 3, 1, 12, tzinfo=UTC))
AHEAD = replace(HERE, ahead=timedelta(seconds=1.001))
WELL = Readings(
    dependencies=[Dependency(name, True, 1.0) for name in DependencyName],
    clock=HERE,
    clocks=[HERE],
    migrations=Migrations((), ()),
    indexes=[IndexAge("BTC-USDT", "live", 0.5)],
    overdue=0,
    pulses=[Pulse(program, 10.0) for program in Program],
    disks=[Disk("data", 10, 100)],
)


def without(*names: DependencyName) -> list[Dependency]:
    return [Dependency(name, name not in names, 1.0) for name in DependencyName]


def silent(*programs: Program) -> list[Pulse]:
    return [Pulse(program, None if program in programs else 1.0) for program in Program]


def found(read: Readings) -> list[str]:
    return [f"{fault.code} {fault.about}" for fault in diagnose(read, [], disk_free_min=0.1)]


def is_ready(read: Readings) -> bool:
    return Health(read, diagnose(read, [], disk_free_min=0.1)).is_ready


def test_nothing_is_wrong_where_all_is_well() -> None:
    assert found(WELL) == []
    assert is_ready(WELL)


@pytest.mark.parametrize(
    ("read", "faults", "ready"),
    [
        (replace(WELL, dependencies=without(DependencyName.REDIS)), ["redis-down redis"], True),
        (
            replace(WELL, dependencies=without(DependencyName.POSTGRESQL), migrations=None, indexes=None, overdue=None),
            ["database-down postgresql"],
            False,
        ),
        (replace(WELL, pulses=silent(Program.SETTLER)), ["settler-silent settler"], True),
        (replace(WELL, pulses=[Pulse(Program.WORKER, 45.1)]), ["worker-silent worker"], True),
        # Without its heartbeats nobody knows of the others.
        (replace(WELL, pulses=silent(*Program)), ["beat-silent beat"], True),
        (
            replace(WELL, dependencies=without(DependencyName.BROKER), pulses=silent(*Program)),
            ["broker-down broker"],
            True,
        ),
        (replace(WELL, pulses=None), [], True),
        (replace(WELL, migrations=Migrations(("a.2", "a.3"), ())), ["migrations-missing a.2"], False),
        (replace(WELL, migrations=Migrations((), ("a.9",))), ["migrations-unknown a.9"], True),
        (replace(WELL, migrations=None), ["reads-blocked django_migrations"], True),
        (replace(WELL, indexes=None), ["reads-blocked index_prices"], True),
        (replace(WELL, overdue=None), ["reads-blocked flash_trades"], True),
        (replace(WELL, overdue=3), ["trades-overdue flash_trades"], True),
        (replace(WELL, indexes=[IndexAge("X", None, None)]), ["index-stale X"], True),
        (replace(WELL, indexes=[IndexAge("X", "live", 2.001)]), ["index-stale X"], True),
        (replace(WELL, indexes=[IndexAge("X", "live", 99.0, traded=False)]), [], True),
        (replace(WELL, indexes=[IndexAge("X", "live", -1.001)]), ["price-ahead X"], True),
        (replace(WELL, clock=AHEAD, clocks=[AHEAD]), ["clock-ahead server@here"], True),
        (
            replace(WELL, clock=AHEAD, clocks=[AHEAD, replace(HERE, host="there")]),
            ["clock-ahead server@here"],
            False,
        ),
        (
            replace(WELL, clock=AHEAD, clocks=[AHEAD, replace(HERE, program="feed", host="there")]),
            ["clock-ahead server@here"],
            True,
        ),
        (replace(WELL, disks=[Disk("data", 9, 100)]), ["disk-low data"], True),
        (replace(WELL, disks=[Disk("data", None, None)]), ["disk-low data"], True),
    ],
)
def test_each_fault_is_found_and_few_take_a_server_out(read: Readings, faults: list[str], ready: bool) -> None:
    assert found(read) == faults
    assert is_ready(read) == ready


@pytest.mark.parametrize(
    ("seconds", "fresh", "ahead"),
    [
        (None, False, False),
        (-299, False, True),
        (-1.001, False, True),
        (-1, True, False),
        (0, True, False),
        (2, True, False),
        (2.001, False, False),
    ],
)
def test_an_age_is_fresh_from_nothing_to_two_seconds(seconds: float | None, fresh: bool, ahead: bool) -> None:
    age = IndexAge("BTC-USDT", "live", seconds)
    assert (age.fresh, age.ahead) == (fresh, ahead)


def test_each_fault_has_a_fix_and_a_row_in_the_runbook() -> None:
    assert FIXES.keys() == set(FaultCode)
    runbook = (Path(settings.BASE_DIR) / "docs" / "runbook.md").read_text()
    listed = set(re.findall(r"`([a-z-]+)`", " ".join(re.findall(r"(?m)^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", runbook))))
    assert set(FaultCode) - listed == set()
