from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access.attempts import LOCKOUTS, Guess, Lockout, Tally, counted, network_of
from accounts.domain.errors import TooManyAttempts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOCKOUT = Lockout(3, timedelta(minutes=5), lock_max=timedelta(minutes=20), memory=timedelta(hours=1))
MINUTE = timedelta(minutes=1)


def fail(tally: Tally | None, at: datetime) -> Tally:
    return counted(tally, LOCKOUT, at)


def test_the_last_try_that_is_allowed_locks_and_each_further_one_doubles_the_lock() -> None:
    tally = fail(fail(None, NOON), NOON)
    assert tally.locked_until is None
    for minutes in (5, 10, 20, 20, 20):
        now = tally.locked_until or NOON
        tally = fail(tally, now)
        assert tally.locked_until == now + minutes * MINUTE


def test_a_lock_says_how_long_it_lasts_and_counts_nothing() -> None:
    locked = Tally(3, NOON, NOON + 5 * MINUTE)
    with pytest.raises(TooManyAttempts) as caught:
        fail(locked, NOON + MINUTE)
    assert caught.value.retry_after_seconds == 241


def test_who_is_left_alone_long_enough_begins_anew() -> None:
    assert fail(Tally(9, NOON, NOON + MINUTE), NOON + 60 * MINUTE) == Tally(1, NOON + 60 * MINUTE, None)


@pytest.mark.long
@given(st.lists(st.integers(0, 3 * 3600), min_size=30, max_size=200), st.sampled_from(list(Guess)))
def test_however_the_tries_are_spread_few_get_through_in_a_day(gaps: list[int], guess: Guess) -> None:
    lockout, tally, now, let_through = LOCKOUTS[guess], None, NOON, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        try:
            tally = counted(tally, lockout, now)
        except TooManyAttempts:
            continue
        let_through.append(now)
    for start in let_through:
        in_an_hour = [at for at in let_through if start <= at < start + timedelta(hours=1)]
        assert len(in_an_hour) <= 2 * lockout.failures_max


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_an_ipv6_customer_has_one_place(address: str, place: str) -> None:
    assert network_of(address) == place
