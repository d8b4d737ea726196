"""The logins that remove old data can do that much, and no more."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.database_errors import INSUFFICIENT_PRIVILEGE, sqlstate_of
from accounts.models import Login
from accounts.services.people.prune_logins import prune_logins
from accounts.tests.cast import person
from accounts.tests.guards import run_sql
from cryptotrader.tests.roles.logins import acting_as
from monitoring.domain.privileges import Role
from trading.models import IndexPrice, Instrument
from trading.services.prices.make_price_partitions import make_price_partitions
from trading.services.prices.prune_old_prices import months_before, prune_old_prices
from trading.services.proof.publish_digests import publish_digests
from trading.tests.cast import SYMBOL, Stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_logins")]

START = datetime(2021, 3, 10, 12, tzinfo=UTC)


def test_the_settler_prunes_the_months_that_the_operator_no_longer_keeps(settings: Settings) -> None:
    stage = Stage(Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15]))
    stage.past((START + timedelta(days=31 * month, seconds=n), "60000.00") for month in range(2) for n in range(5))
    make_price_partitions(now=timezone.now())
    publish_digests(now=START + timedelta(days=60))
    with acting_as(Role.SETTLER):
        for months in (0, 12 * 30):
            settings.KEEP_PRICES_MONTHS = months
            assert prune_old_prices(now=timezone.now()) is None
        settings.KEEP_PRICES_MONTHS = 12
        done = [prune_old_prices(now=timezone.now()) for _ in range(3)]
    assert [(each.month, each.removed) if each else None for each in done] == [
        (date(2021, 3, 1), 3),
        (date(2021, 4, 1), 3),
        None,
    ]
    assert IndexPrice.objects.count() == 4


def test_a_month_that_the_database_keeps_is_only_told(settings: Settings) -> None:
    """Its digest isn't published."""
    stage = Stage(Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15]))
    stage.past((START + timedelta(seconds=n), "60000.00") for n in range(5))
    make_price_partitions(now=timezone.now())
    settings.KEEP_PRICES_MONTHS = 12
    with acting_as(Role.SETTLER):
        assert prune_old_prices(now=timezone.now()) is None
    assert IndexPrice.objects.count() == 5


def test_the_app_prunes_old_logins_and_deletes_none_itself() -> None:
    now, alice = datetime.now(UTC), person("alice")
    for days, count in ((400, 205), (1, 1)):
        at = now - timedelta(days=days)
        Login.objects.bulk_create(
            Login(user=alice.user, at=at, method="password", succeeded=True) for _ in range(count)
        )
    with acting_as(Role.APP):
        assert prune_logins(now=now) == 6
        denied("DELETE FROM logins")
    with acting_as(Role.SETTLER):
        denied("SELECT prune_logins(now() - interval '1 year', 0, 10)")


def denied(statement: str) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run_sql(statement)
    assert sqlstate_of(caught.value) == INSUFFICIENT_PRIVILEGE


@pytest.mark.parametrize(
    ("day", "months", "first"),
    [("2026-03-31", 1, "2026-02-01"), ("2026-01-01", 12, "2025-01-01"), ("2026-12-05", 0, "2026-12-01")],
)
def test_months_are_counted_from_their_first_day(day: str, months: int, first: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(first)
