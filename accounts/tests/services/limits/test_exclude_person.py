"""The same request for an exclusion, sent twice or many times at once, makes one exclusion."""

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Exclusion
from accounts.selectors.limits.own_limits import own_exclusions
from accounts.services.limits.exclude_person import TakenExclusion
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.take_time_out import take_time_out
from accounts.tests.cast import NOON, Person, standing
from accounts.tests.threads import at_once

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_many_equal_wishes_at_once_are_one(alice: Person) -> None:
    late = [timedelta(milliseconds=n) for n in range(6)]
    calls = [partial(take_time_out, user_id=alice.user.pk, hours=24, clock=standing(NOON + each)) for each in late]
    calls += [partial(self_exclude, user_id=alice.user.pk, months=6, clock=standing(NOON + each)) for each in late]
    taken = [each for each in at_once(calls) if isinstance(each, TakenExclusion)]
    assert (len(taken), sum(not each.replayed for each in taken), Exclusion.objects.count()) == (12, 2, 2)


def test_only_a_longer_one_is_another(alice: Person) -> None:
    take = partial(take_time_out, user_id=alice.user.pk)
    first = take(hours=24, clock=standing(NOON))
    for hours, now in ((24, NOON + MINUTE), (1, NOON + HOUR), (1, NOON + 23 * HOUR)):
        assert take(hours=hours, clock=standing(now)) == TakenExclusion(first.exclusion, replayed=True)
    longer = take(hours=24, clock=standing(NOON + 2 * MINUTE))
    assert (longer.replayed, longer.exclusion.ends_at) == (False, NOON + 24 * HOUR + 2 * MINUTE)
    assert not take(hours=1, clock=standing(longer.exclusion.ends_at)).replayed


def test_the_list_has_one_of_each_kind(alice: Person) -> None:
    for hours in range(1, 20):
        take_time_out(user_id=alice.user.pk, hours=hours, clock=standing(NOON))
    for months in range(6, 12):
        self_exclude(user_id=alice.user.pk, months=months, clock=standing(NOON))
    found = [(each.kind, each.ends_at) for each in own_exclusions(alice.user.pk, now=NOON)]
    assert found == [("self_exclusion", NOON.replace(year=2027, month=2)), ("time_out", NOON + 19 * HOUR)]
