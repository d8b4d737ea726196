from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from pytest_django import Settings

from accounts.domain.access.scopes import SecondFactorNotSet, SecondFactorRequired, SecondFactorWrong
from accounts.domain.errors import TooManyAttempts
from accounts.services.access.check_second_factor import check_second_factor
from accounts.tests.cast import NOON, Person, person
from accounts.tests.codes import App
from accounts.tests.threads import at_once

HALF_MINUTE = timedelta(seconds=30)


def test_nobody_is_let_through_without_a_second_factor(alice: Person) -> None:
    with pytest.raises(SecondFactorNotSet):
        check_second_factor(user=alice.user, code="123456", now=NOON)


@pytest.mark.parametrize("code", [None, "", "  "])
def test_a_missing_code_is_asked_for_and_counts_as_no_failure(alice: Person, code: str | None) -> None:
    app = App(alice.user)
    for _ in range(9):
        with pytest.raises(SecondFactorRequired):
            check_second_factor(user=alice.user, code=code, now=NOON)
    check_second_factor(user=alice.user, code=app.at(NOON), now=NOON)


def test_a_code_works_once_even_when_the_cache_was_emptied(alice: Person) -> None:
    code = App(alice.user).at(NOON)
    check_second_factor(user=alice.user, code=f"{code[:3]} {code[3:]}", now=NOON)
    cache.clear()
    with pytest.raises(SecondFactorWrong):
        check_second_factor(user=alice.user, code=code, now=NOON)


def test_a_code_of_the_half_minute_before_or_after_is_good_but_none_older(alice: Person) -> None:
    app = App(alice.user)
    for wrong in (NOON - 2 * HALF_MINUTE, NOON + 2 * HALF_MINUTE):
        with pytest.raises(SecondFactorWrong):
            check_second_factor(user=alice.user, code=app.at(wrong), now=NOON)
    check_second_factor(user=alice.user, code=app.at(NOON - HALF_MINUTE), now=NOON)
    check_second_factor(user=alice.user, code=app.at(NOON + HALF_MINUTE), now=NOON)
    with pytest.raises(SecondFactorWrong):  # a later code was used: a person who copies this one from a screen is late
        check_second_factor(user=alice.user, code=app.at(NOON), now=NOON)


def test_a_recovery_code_works_once(alice: Person) -> None:
    code = App(alice.user).recovery_codes[0]
    spent = check_second_factor(user=alice.user, code=code, now=NOON)
    assert (spent.type, spent.last_used_at) == (Authenticator.Type.RECOVERY_CODES, NOON)
    with pytest.raises(SecondFactorWrong):
        check_second_factor(user=alice.user, code=code, now=NOON)


def full_width(code: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in code)


@pytest.mark.parametrize(
    "write",
    [
        full_width,
        lambda code: f"\ufeff{code[:3]}\u00a0{code[3:]}\u200b",
        lambda code: f"\t{code[:3]}-{code[3:]}\u3000\n",
    ],
    ids=["full-width", "no-break space", "hyphen"],
)
def test_a_code_is_read_as_it_was_meant(alice: Person, bob: Person, write: Callable[[str], str]) -> None:
    check_second_factor(user=alice.user, code=write(App(alice.user).at(NOON)), now=NOON)
    check_second_factor(user=bob.user, code=write(App(bob.user).recovery_codes[0]).upper(), now=NOON)


@pytest.mark.parametrize("code", ["１２３４５６", "-1", "é", "0" * 400, "null", "\ud800"])
def test_junk_is_wrong(alice: Person, code: str) -> None:
    App(alice.user)
    with pytest.raises(SecondFactorWrong):
        check_second_factor(user=alice.user, code=code, now=NOON)


def test_five_wrong_codes_lock_out_the_right_one_for_five_minutes(alice: Person, bob: Person) -> None:
    app, bobs = App(alice.user), App(bob.user)
    for _ in range(5):
        with pytest.raises(SecondFactorWrong):
            check_second_factor(user=alice.user, code=app.wrong(NOON), now=NOON)
    with pytest.raises(TooManyAttempts) as caught:
        check_second_factor(user=alice.user, code=app.at(NOON), now=NOON)
    assert caught.value.retry_after_seconds == 301
    check_second_factor(user=bob.user, code=bobs.at(NOON), now=NOON)
    later = NOON + timedelta(minutes=5)
    check_second_factor(user=alice.user, code=app.at(later), now=later)


def test_it_counts_and_spends_without_redis(alice: Person, settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    app = App(alice.user)
    check_second_factor(user=alice.user, code=app.at(NOON), now=NOON)
    for _ in range(5):
        with pytest.raises(SecondFactorWrong):
            check_second_factor(user=alice.user, code=app.wrong(NOON), now=NOON)
    with pytest.raises(TooManyAttempts):
        check_second_factor(user=alice.user, code=app.recovery_codes[0], now=NOON)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("recovery", [True, False])
def test_a_code_works_once_however_many_send_it_at_once(recovery: bool) -> None:
    user = person("alice").user
    app = App(user)
    code = app.recovery_codes[0] if recovery else app.at(NOON)
    results = at_once([partial(check_second_factor, user=user, code=code, now=NOON)] * 8)
    assert Counter(type(result) for result in results) == {Authenticator: 1, SecondFactorWrong: 7}
    check_second_factor(user=user, code=app.recovery_codes[1], now=NOON)  # a burst by the owner locks nobody out


@pytest.mark.django_db(transaction=True)
def test_right_codes_at_once_are_all_let_in() -> None:
    user = person("alice").user
    codes = App(user).recovery_codes[:8]
    results = at_once([partial(check_second_factor, user=user, code=code, now=NOON) for code in codes])
    assert Counter(type(result) for result in results) == {Authenticator: 8}


@pytest.mark.django_db(transaction=True)
def test_of_many_wrong_codes_at_once_five_are_answered() -> None:
    user = person("alice").user
    code = App(user).wrong(NOON)
    results = at_once([partial(check_second_factor, user=user, code=code, now=NOON)] * 9)
    assert Counter(type(result) for result in results) == {SecondFactorWrong: 5, TooManyAttempts: 4}
