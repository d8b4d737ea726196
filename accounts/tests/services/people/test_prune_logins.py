"""The history of logins gets no longer than it must, and nobody can wipe its newest part."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.models import Login
from accounts.services.access import prune_access as access
from accounts.services.access.prune_access import prune_access
from accounts.services.people import prune_logins as history
from accounts.services.people.prune_logins import prune_logins
from accounts.tests.cast import NOON, Person, person
from accounts.tests.guards import refused, run_sql

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(who: Person, at: datetime, count: int) -> None:
    times = [at + timedelta(seconds=n) for n in range(count)]
    Login.objects.bulk_create(Login(user=who.user, at=each, method="password", succeeded=True) for each in times)


def logins_of(who: Person) -> list[datetime]:
    return list(Login.objects.filter(user=who.user).order_by("id").values_list("at", flat=True))


def test_old_logins_go_but_the_newest_of_each_person_stay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KEEP_LOGINS_DAYS = 100
    monkeypatch.setattr(history, "BATCH", 70)
    now = datetime.now(UTC).replace(microsecond=0)
    alice, bob, old = person("alice"), person("bob"), now - timedelta(days=101)
    signed_in(alice, old, 230)
    signed_in(bob, old, 3)
    signed_in(alice, now - timedelta(days=99), 20)
    assert prune_logins(now=now) == 50
    assert logins_of(alice) == sorted(logins_of(alice))
    assert (len(logins_of(alice)), min(logins_of(alice))) == (200, old + timedelta(seconds=50))
    assert len(logins_of(bob)) == 3
    assert prune_logins(now=now) == 0


def test_it_ends_in_time_and_goes_on_the_next_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "BATCH", 10)
    now = datetime.now(UTC)
    signed_in(person("alice"), now - timedelta(days=400), 220)
    seconds = iter([0.0, 0.0, 61.0])
    assert prune_logins(now=now, elapsed=lambda: next(seconds)) == 10
    assert prune_logins(now=now) == 10


def test_the_database_keeps_the_logins_of_90_days() -> None:
    signed_in(person("alice"), NOON, 201)
    with transaction.atomic(), refused("young_logins_are_kept"):
        run_sql("SELECT prune_logins(now() - interval '89 days', 0, 1000)")


def test_rows_without_a_use_go_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "BATCH", 2)
    run_sql("INSERT INTO attempt_tallies SELECT n::text, 1, '2020-01-01' FROM generate_series(1, 5) AS n")
    run_sql("INSERT INTO django_session SELECT n::text, '', '2020-01-01' FROM generate_series(1, 3) AS n")
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert prune_access(now=now) == {"signatures": 0, "tallies": 5, "devices": 0, "sessions": 3}
    assert set(prune_access(now=now).values()) == {0}
