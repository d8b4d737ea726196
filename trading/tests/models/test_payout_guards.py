"""The database keeps payouts unchanged, and refuses those that make no sense."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from trading.models import Instrument, PayoutVersion
from trading.tests.cast import Stage, Trader
from trading.tests.payouts import pay

ADD = """
    INSERT INTO payout_versions (instrument_id, version, effective_from, made_at{})
    SELECT id, 2, %s, %s{} FROM instruments
"""


def add(column: str, value: str) -> int:
    return run_sql(ADD.format(f", {column}", f", {value}"), NOON, NOON)


def test_every_instrument_begins_with_a_version(db: None) -> None:
    Instrument.objects.bulk_create([Instrument(symbol=f"C{n}-USDT", pip=Decimal(1), durations=[60]) for n in range(3)])
    first = PayoutVersion.objects.values_list("version", "rate", "rates", "skew_max", "edge_min", "made_by")
    assert list(first) == [(1, Decimal("0.85"), {}, 0, 0, None)] * 3
    assert PayoutVersion.objects.filter(effective_from__lte=NOON).count() == 3


@pytest.mark.parametrize("change", ["rate = 0.9", "version = 5", "effective_from = now()", "reason = 'other'"])
def test_no_version_changes(stage: Stage, change: str) -> None:
    with refused("payouts_are_for_ever"):
        run_sql(f"UPDATE payout_versions SET {change}")


def test_no_version_goes(stage: Stage) -> None:
    with refused("payouts_are_for_ever"):
        run_sql("DELETE FROM payout_versions")


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("rate", "0", "payout_rate_makes_sense"),
        ("rate", "-0.1", "payout_rate_makes_sense"),
        ("rate", "1.0001", "payout_leaves_the_edge"),
        ("rate", "'NaN'", "payout_leaves_the_edge"),
        ("edge_min", "'NaN'", "edge_min_makes_sense"),
        ("edge_min", "-2.1", "edge_min_makes_sense"),
        ("edge_min", "0.08", "payout_leaves_the_edge"),
        ("skew_max", "0.05", "skew_has_a_scale"),
        ("skew_max", "'NaN'", "skew_has_a_scale"),
        ("skew_max, skew_scale, edge_min", "0.85, 1, -2", "skew_leaves_something_to_win"),
        ("skew_max, skew_scale", "'NaN', 1", "skew_leaves_something_to_win"),
        ("rate, edge_min", "5.0001, -2", "payout_leaves_the_edge"),
        ("skew_max, skew_scale", "-0.05, 1", "skew_leaves_something_to_win"),
        ("skew_max, skew_scale", "0.05, 0", "skew_has_a_scale"),
        ("skew_max, skew_scale", "0.05, 'NaN'", "skew_has_a_scale"),
        ("rates", "'[]'", "payout_rates_make_sense"),
        ("rates", """'{"60": 0.8}'""", "payout_rates_make_sense"),
        ("rates", """'{"060": "0.8"}'""", "payout_rates_make_sense"),
        ("rates", """'{"60": "NaN"}'""", "payout_rates_make_sense"),
        ("rates", """'{"60": "-0.8"}'""", "payout_rates_make_sense"),
        ("rates", """'{"60": "0.80001"}'""", "payout_rates_make_sense"),
        ("rates", """'{"60": "0"}'""", "payout_rates_make_sense"),
        ("rates", """'{"60": "1.01"}'""", "payout_rates_make_sense"),
        ("rates, skew_max, skew_scale", """'{"60": "0.05"}', 0.05, 1""", "payout_rates_make_sense"),
    ],
)
def test_no_version_makes_no_sense(stage: Stage, column: str, value: str, constraint: str) -> None:
    with refused(constraint):
        add(column, value)


@pytest.mark.parametrize("version", [1, 3, 0])
def test_versions_ascend_without_gaps(stage: Stage, version: int) -> None:
    with refused("payout_versions_ascend"):
        run_sql(ADD.format("", "").replace("id, 2", f"id, {version}"), NOON, NOON)


@pytest.fixture
def _by_the_clock(transactional_db: None) -> Iterator[None]:
    """With the guard that all other tests switch off, because their clock stands at noon (see conftest.py)."""
    run_sql("ALTER TABLE payout_versions ENABLE TRIGGER payouts_by_the_clock")
    yield
    run_sql("ALTER TABLE payout_versions DISABLE TRIGGER payouts_by_the_clock")


@pytest.mark.usefixtures("_by_the_clock")
def test_none_is_for_the_past_by_the_clock_of_the_database() -> None:
    Instrument.objects.create(symbol="NEW-USDT", pip=Decimal(1), durations=[60])  # its version 1 holds for all times
    for late in (timedelta(0), timedelta(seconds=1), timedelta(days=9)):
        with refused("payouts_by_the_clock"):
            run_sql(ADD.format("", ""), timezone.now() - late, NOON)
    assert run_sql(ADD.format("", ""), timezone.now() + timedelta(seconds=10), NOON) == 1


def test_a_trade_keeps_its_version(stage: Stage, alice: Trader) -> None:
    alice.place()
    with refused("payout_version_is_fixed"):
        run_sql("UPDATE flash_trades SET payout_version = 2")


def test_the_audit_knows_who_made_which(stage: Stage) -> None:
    made = pay("0.9")
    event = AuditEvent.objects.get(table="payout_versions", object_id=str(made.pk))
    assert event.after is not None
    assert (event.operation, event.after["rate"], event.after["made_by_id"]) == ("INSERT", 0.9, made.made_by_id)
