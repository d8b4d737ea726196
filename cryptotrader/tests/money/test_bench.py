"""`bench` on a small scale: it refuses a database in use, and prints its figures."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.tests.cast import open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def throw_away(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.DEBUG = True
    monkeypatch.delenv("REPLAY_FILE", raising=False)
    monkeypatch.setenv("MARKET_DATA_DIR", str(tmp_path))


def bench(*arguments: str) -> tuple[str, str]:
    told, beside = StringIO(), StringIO()
    call_command("bench", *arguments, stdout=told, stderr=beside)
    return told.getvalue(), beside.getvalue()


def test_settlement_is_measured_beside_bare_sql_and_leaves_the_books_right() -> None:
    told, _ = bench("settlement", "--trades", "20", "40", "--runs", "2", "--wallets", "4", "--json")
    runs = json.loads(told)["settlement"]
    assert [run["trades"] for run in runs] == [20, 20, 40, 40]
    assert all(run["ratio"] == run["bare_seconds"] / run["settling_seconds"] for run in runs)
    assert reconcile_ledger().faults == ()


def test_sniping_is_measured_without_a_recording_and_says_so() -> None:
    told, beside = bench("sniping", "--orders", "300", "--minutes", "12")
    assert "only the simulated market is tried" in beside
    assert "simulated: 12 min" in told
    assert "our rules   displayed price" in told


def test_a_recording_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"nothing")
    with pytest.raises(CommandError, match=r"a\.jsonl\.gz can't be read"):
        bench("sniping")


def test_a_database_in_use_is_refused(settings: Settings) -> None:
    open_stage()
    trader("alice").place()
    with pytest.raises(CommandError, match="throw-away"):
        bench("settlement")


def test_it_is_refused_in_production(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="throw-away"):
        bench("settlement")


@pytest.mark.parametrize("arguments", [["latency"], ["settlement", "--trades", "0"], ["lag", "--rate", "-1"]])
def test_what_it_does_not_know_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        bench(*arguments)
