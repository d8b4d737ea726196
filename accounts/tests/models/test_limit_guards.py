"""Nobody lifts an exclusion or raises a limit early: not by the ORM's bulk updates, not at a database prompt."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Exclusion, TradingLimit
from accounts.tests.cast import NOON, Person
from accounts.tests.guards import refused, run_sql

DAY = timedelta(days=1)


@pytest.fixture
def limit(alice: Person) -> TradingLimit:
    """A limit of 100 USDT, with a raise to 200 requested at noon."""
    return TradingLimit.objects.create(
        user=alice.user, kind="loss", currency="USDT", demo=True, period_days=7, amount=Decimal(100),
        next_amount=Decimal(200), next_from=NOON + DAY, changed_at=NOON,
    )  # fmt: skip


@pytest.fixture
def exclusion(alice: Person) -> Exclusion:
    return Exclusion.objects.create(user=alice.user, kind="time_out", starts_at=NOON, ends_at=NOON + DAY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exclusions SET ends_at = starts_at + interval '1 second'",
        "UPDATE exclusions SET ends_at = ends_at + interval '1 day'",
        "UPDATE exclusions SET user_id = user_id WHERE false",
        "DELETE FROM exclusions",
        "INSERT INTO exclusions SELECT * FROM exclusions ON CONFLICT (id) DO UPDATE SET kind = 'time_out'",
    ],
)
def test_an_exclusion_can_be_neither_changed_nor_deleted(exclusion: Exclusion, statement: str) -> None:
    with refused("exclusions_cannot_be_lifted"):
        run_sql(statement)


def test_nor_by_the_orm(exclusion: Exclusion) -> None:
    with refused("exclusions_cannot_be_lifted"):
        Exclusion.objects.update(ends_at=NOON)
    with refused("exclusions_cannot_be_lifted"):
        exclusion.delete()


@pytest.mark.parametrize(
    "change",
    [
        "amount = 100.00000001",
        "amount = NULL",
        "amount = 'NaN'",
        "amount = 1000000, next_from = NULL, next_amount = NULL",
        "next_from = changed_at",
        "next_from = next_from - interval '1 microsecond'",
        "next_amount = 201, next_from = next_from - interval '1 second'",
        "next_amount = NULL, next_from = changed_at + interval '23 hours'",
        "amount = 200, changed_at = changed_at + interval '23 hours 59 minutes'",
        "changed_at = changed_at - interval '1 day', next_from = changed_at",
    ],
)
def test_a_limit_cannot_be_raised_early(limit: TradingLimit, change: str) -> None:
    with refused("limits_rise_after_a_day"):
        run_sql(f"UPDATE trading_limits SET {change}")


@pytest.mark.parametrize(
    "change",
    [
        "amount = 99",
        "amount = 0, next_amount = NULL, next_from = NULL",
        "next_amount = NULL, next_from = NULL",
        "next_amount = NULL, changed_at = changed_at + interval '1 hour', next_from = changed_at + interval '25 hours'",
        "amount = 200, next_amount = NULL, next_from = NULL, changed_at = next_from",
        "changed_at = changed_at + interval '1 hour', next_from = next_from + interval '1 hour'",
    ],
)
def test_it_can_be_lowered_at_once_and_raised_in_time(limit: TradingLimit, change: str) -> None:
    assert run_sql(f"UPDATE trading_limits SET {change}") == 1


def test_a_limit_is_kept_and_stays_where_it_is(limit: TradingLimit, bob: Person) -> None:
    with refused("limits_are_kept"):
        run_sql("DELETE FROM trading_limits")
    for change in (
        f"user_id = {bob.user.pk}",
        "kind = 'turnover'",
        "currency = 'KRW'",
        "demo = false",
        "period_days = 30",
    ):
        with refused("limits_keep_their_wallet"):
            run_sql(f"UPDATE trading_limits SET {change}")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ("'loss', 'USDT', true, 0, 1", "limit_kind_and_period"),
        ("'loss', 'USDT', true, 2, 1", "limit_kind_and_period"),
        ("'stake', 'USDT', true, 1, 1", "limit_kind_and_period"),
        ("'luck', 'USDT', true, 0, 1", "limit_kind_and_period"),
        ("'stake', '', true, 0, 1", "limit_belongs_to_a_wallet"),
        ("'deposit', 'USDT', true, 1, 1", "limit_belongs_to_a_wallet"),
        ("'session', 'USDT', false, 0, 1", "limit_belongs_to_a_wallet"),
        ("'session', '', true, 0, 1", "limit_belongs_to_a_wallet"),
        ("'stake', 'USDT', true, 0, 'NaN'", "limit_is_a_number"),
        ("'stake', 'USDT', true, 0, -1", "limit_is_a_number"),
    ],
)
def test_the_table_takes_only_limits_that_make_sense(alice: Person, values: str, constraint: str) -> None:
    with refused(constraint):
        run_sql(
            "INSERT INTO trading_limits (user_id, kind, currency, demo, period_days, amount, changed_at)"
            f" VALUES (%s, {values}, now())",
            alice.user.pk,
        )


def test_a_waiting_amount_has_its_time(limit: TradingLimit) -> None:
    with refused("a_next_limit_has_its_time"):
        run_sql("UPDATE trading_limits SET next_from = NULL")
