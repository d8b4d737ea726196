"""People and services that fail take turns: nobody's pushes wait for those of others."""

from collections import Counter
from collections.abc import Mapping
from uuid import uuid4

import pytest

from accounts.models import PushMessage, PushSubscription
from accounts.services.push import send_pushes as sending
from accounts.tests.cast import NOON, Person, user_named
from accounts.tests.plans import rows_read
from accounts.tests.services.push.test_pushes import carol, own_network, subscribed, tell

__all__ = ["carol", "own_network"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_has_a_bound_and_a_backlog_is_not_read(carol: Person) -> None:
    """Of each browser, only the oldest result is read to rank them; those under way count."""
    dave = Person(user_named("dave"))
    for person, browsers in ((carol, 3), (dave, 1)):
        for number in range(browsers):
            subscribed(person, f"http://127.0.0.1:4000/{person.user.pk}/{number}")
    tell(carol, *(uuid4() for _ in range(300)))
    tell(dave)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "OF_PERSON", 2)
        first = taken()
        assert Counter(first.values()) == {carol.user.pk: 2, dave.user.pk: 1}
        assert taken(first) == {}
    read = rows_read(PushMessage._meta.db_table, lambda: taken(dict.fromkeys(all_of(carol), carol.user.pk)))
    assert read <= 4
    assert len(taken()) == 1


def test_many_services_that_failed_leave_room_for_others(carol: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "FAILING_AT_ONCE", 2)
    for number in range(3):
        subscribed(carol, f"http://127.0.0.1:4000/{number}")
    PushSubscription.objects.update(failing_since=NOON)
    tell(carol)
    assert len(taken()) == 2


def all_of(person: Person) -> list[int]:
    return list(PushSubscription.objects.filter(user=person.user).values_list("pk", flat=True))


def taken(under_way: Mapping[int, int] | None = None) -> dict[int, int]:
    """The subscriptions that a sender takes, with their owners, while pushes to others are under way."""
    busy = {id: PushSubscription(pk=id, user_id=user) for id, user in (under_way or {}).items()}
    return {id: PushSubscription.objects.get(pk=id).user_id for id in sending._take(NOON, busy, failing=True)}
