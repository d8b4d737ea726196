"""A program writes its own time to the cashier's tables, and the database checks it against its clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Beneficiary, Deposit, Withdrawal
from accounts.tests.guards import refused, run_sql
from accounts.tests.till import Customer

pytestmark = pytest.mark.django_db(transaction=True)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
FAR_FROM_NOW = [-6 * MINUTE, -2 * DAY, 6 * MINUTE, 9999 * DAY]


@contextmanager
def by_the_clock() -> Iterator[None]:
    """Turns on the clock guards. All other tests turn them off, because their time is noon (see conftest.py)."""
    for switch in ("ENABLE", "DISABLE"):
        for table in ("beneficiaries", "deposits", "withdrawals"):
            run_sql(f"ALTER TABLE {table} {switch} TRIGGER {table}_by_the_clock")
        if switch == "ENABLE":
            yield


def add(payer: Customer, at: datetime) -> Beneficiary:
    whose = {"id": uuid4(), "user_id": payer.id, "currency": "USDT", "address": "T" * 30}
    return Beneficiary.objects.create(**whose, created_at=at, usable_from=at + DAY)


@pytest.fixture
def wishes(payer: Customer) -> list[Deposit | Withdrawal]:
    """Returns a normal deposit and a normal withdrawal, not yet stored."""
    wishes: list[Deposit | Withdrawal] = [payer.stored_deposit(), payer.stored_withdrawal()]
    for wish in wishes:
        wish.pk, wish.idempotency_key = uuid4(), "new"
    return wishes


@pytest.mark.parametrize("off", FAR_FROM_NOW)
def test_no_beneficiary_has_waited_before_it_was_added(payer: Customer, off: timedelta) -> None:
    with by_the_clock(), refused("beneficiaries_by_the_clock"):
        add(payer, timezone.now() + off)


@pytest.mark.parametrize("off", FAR_FROM_NOW)
def test_nothing_is_asked_for_at_another_time(wishes: list[Deposit | Withdrawal], off: timedelta) -> None:
    for wish in wishes:
        wish.requested_at = timezone.now() + off
        with by_the_clock(), refused(f"{wish._meta.db_table}_by_the_clock"):
            wish.save(force_insert=True)


def test_clocks_may_differ_a_little(payer: Customer, wishes: list[Deposit | Withdrawal]) -> None:
    with by_the_clock():
        add(payer, timezone.now() - 4 * MINUTE)
        for wish in wishes:
            wish.requested_at = timezone.now() + 4 * MINUTE
            wish.save(force_insert=True)
