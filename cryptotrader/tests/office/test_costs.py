"""Each page of the back office takes as many queries for many rows as for a few, and no more than a bound."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.models import User
from accounts.services.people.write_note import write_note
from accounts.tests.cast import NOON
from accounts.tests.staff import asked, back_office, staff_member
from cryptotrader.office.navigation import places
from trading.tests.cast import Stage, Trader, open_stage, trader
from trading.tests.voids import settled

pytestmark = pytest.mark.django_db(transaction=True)
QUERIES_MAX = 12
"""Of a list; *Today* and *Work* ask many parts of the system."""

OF_MANY_PARTS = {"admin:index": 45, "admin:work": 20}


@pytest.fixture
def stage() -> Stage:
    return open_stage()


def counts(browser: Client) -> Iterator[tuple[str, int]]:
    """The queries of each place of the navigation, when all that is read once has been read."""
    for place in places():
        browser.get(reverse(place.page))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse(place.page)).status_code == 200
        yield place.page, len(queries)


def more(stage: Stage, name: str, sue: User) -> Trader:
    """Another person with trades, transfers, a note and a request."""
    person = trader(name)
    for second in range(3):
        person.place(stake="1", at=NOON + timedelta(seconds=second))
    write_note(person_id=person.user.pk, text="a note", written_by=sue.pk, now=NOON)
    asked("freeze_user", str(Subject.of("user", person.user.pk)), by=sue)
    return person


@pytest.mark.long
def test_no_list_takes_more_queries_for_more_rows(stage: Stage) -> None:
    sue, browser = staff_member("sue", Role.SUPPORT), back_office(staff_member("art", Role.AUDITOR))
    more(stage, "ann", sue)
    few = dict(counts(browser))
    for name in ("bob", "cyd", "dan"):
        more(stage, name, sue)
    settled(stage, "60001.00")
    many = dict(counts(browser))
    assert {page: (few[page], many[page]) for page in few if many[page] > few[page]} == {}
    over = {page: n for page, n in many.items() if n > OF_MANY_PARTS.get(page, QUERIES_MAX)}
    assert over == {}
