"""Audit events of instruments and of trades."""

import pytest
from django.db.models import F

from accounts.models import AuditEvent, LedgerAccount
from trading.models import Instrument
from trading.tests.cast import Stage, Trader

pytestmark = pytest.mark.django_db


def events(table: str, operation: str = "UPDATE") -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(table=table, operation=operation).order_by("id"))


def test_bulk_updates_of_instruments_leave_an_event(stage: Stage) -> None:
    Instrument.objects.update(stake_max=F("stake_max") + 1)
    assert [event.before for event in events("instruments")] == [{"stake_max": 1000.0}]


def test_money_that_moves_is_its_own_history(stage: Stage, alice: Trader) -> None:
    alice.place()  # the first order makes the key that signs receipts
    before = AuditEvent.objects.count()
    alice.place()
    assert LedgerAccount.objects.filter(held__gt=0).exists()
    assert AuditEvent.objects.count() == before
