"""Exports: whole, filtered, in order, in two forms; a stop leaves whole lines."""

import csv
import json
import os
import signal
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.tests.cast import NOON
from accounts.wire.spreadsheet import cell
from trading.management.interrupts import finishing_the_batch
from trading.services.orders import export_trades as exporting
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, open_stage

pytestmark = pytest.mark.django_db(transaction=True)


def export(*arguments: str) -> str:
    out = StringIO()
    call_command("export_trades", *arguments, stdout=out)
    return out.getvalue()


def amounts(*arguments: str) -> list[str]:
    return [json.loads(line)["amount"] for line in export(*arguments).splitlines()]


@pytest.fixture
def _trades(stage: Stage, alice: Trader, bob: Trader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three trades, one of them settled; batches of two."""
    monkeypatch.setattr(exporting, "BATCH", 2)
    alice.place(stake="11")
    bob.place(at=NOON + timedelta(milliseconds=500), stake="12")
    for seconds, price in ((1, "60000.00"), (2, "60000.00"), (61, "60001.00"), (62, "60001.00")):
        stage.price(NOON + timedelta(seconds=seconds), price)
        settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=seconds))
    alice.place(at=NOON + timedelta(seconds=63), stake="13")


@pytest.mark.usefixtures("_trades")
def test_it_exports_what_was_asked_for_in_order() -> None:
    open_stage("XRP-USDT")
    assert amounts() == ["11.00", "12.00", "13.00"]
    assert amounts("--user", "alice@example.com") == ["11.00", "13.00"]
    assert amounts("--since", "2026-03-01T12:00:01Z") == ["13.00"]
    assert amounts("--until", "2026-03-01T21:00:01+09:00", "--limit", "1") == ["11.00"]
    assert amounts("--since", "2026-03-02") == amounts("--instrument", "XRP-USDT") == []


@pytest.mark.usefixtures("_trades")
def test_csv_has_a_header_and_the_same_values() -> None:
    rows = list(csv.DictReader(StringIO(export("--format", "csv"))))
    assert [(row["amount"], row["outcome"], row["profit"], row["demo"]) for row in rows] == [
        ("11.00", "won", "9.35", "True"),
        ("12.00", "won", "10.20", "True"),
        ("13.00", "", "", "True"),
    ]
    assert cell("=1+1") == "'=1+1"
    assert (cell("-9.35"), cell("@x")) == ("-9.35", "'@x")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--since", "yesterday"], 2),
        (["--limit", "0"], 2),
        (["--user", "nobody@example.com"], 1),
        (["--instrument", "BTCUSDT"], 1),
    ],
)
def test_a_wrong_argument_is_one_line(arguments: list[str], code: int) -> None:
    with pytest.raises(CommandError) as caught:
        export(*arguments)
    assert (caught.value.returncode, str(caught.value).count("\n")) == (code, 0)


@pytest.mark.parametrize("until", ["2026-02-01", "2026-01-31"])
def test_a_span_that_holds_no_moment_is_wrong_usage(until: str) -> None:
    with pytest.raises(CommandError, match="earlier than --until") as caught:
        export("--since", "2026-02-01", "--until", until)
    assert caught.value.returncode == 2


@pytest.mark.usefixtures("_trades")
def test_a_stop_ends_it_after_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = exporting.export_trades

    def stopped(wanted: Any) -> Any:
        for batch in whole(wanted):
            os.kill(os.getpid(), signal.SIGTERM)
            yield batch

    monkeypatch.setattr("trading.management.commands.export_trades.export_trades", stopped)
    out = StringIO()
    with pytest.raises(CommandError, match="stopped after 2 trades"):
        call_command("export_trades", stdout=out)
    assert [json.loads(line)["amount"] for line in out.getvalue().splitlines()] == ["11.00", "12.00"]


def test_a_second_signal_ends_the_process_as_usual() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with finishing_the_batch() as stop:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.asked
        assert signal.getsignal(signal.SIGTERM) == before
    assert signal.getsignal(signal.SIGTERM) == before


def test_due_trades_are_settled_from_the_shell(stage: Stage, alice: Trader) -> None:
    alice.place(stake="11")
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    for arguments, told in (
        (["--dry-run"], [{"instrument": "BTC-USDT"}]),
        ([], [{"instrument": "BTC-USDT", "entered": 0, "settled": 1}]),
        ([], []),
    ):
        out = StringIO()
        call_command("settle_due_trades", "--json", *arguments, stdout=out)
        assert json.loads(out.getvalue())["instruments"] == told
