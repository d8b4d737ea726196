"""Four eyes look at a person's withdrawals of a day together: many small ones are one large one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.domain.cashier.real_money import SecondApprovalRequired
from accounts.models import CashierTerms, User, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal
from accounts.tests.threads import at_once
from accounts.tests.till import TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)
BOUND, DAY = Decimal(1000), timedelta(hours=24)
WISHES = st.lists(st.tuples(st.integers(20, 999), st.integers(0, 30)), min_size=1, max_size=7)


def approve(withdrawal: Withdrawal, by: User, at: datetime = TOMORROW) -> Withdrawal:
    return approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=by.pk, now=at)


@pytest.fixture
def rich(saver: Customer, fay: User) -> Customer:
    CashierTerms.objects.update(withdrawal_daily_max=10**9, deposit_daily_max=10**9)
    saver.pay_in("1000000", by=fay.pk)
    return saver


def test_the_second_half_of_a_large_one_takes_two(rich: Customer, fay: User) -> None:
    first, second = rich.withdraw("999"), rich.withdraw("20")
    approve(first, fay)
    with pytest.raises(SecondApprovalRequired, match=r"999\.00 approved in the last 24 hours"):
        approve(second, fay)
    refuse_withdrawal(withdrawal_id=second.pk, reason="ask again", decided_by=fay.pk, now=TOMORROW)  # one may refuse
    third = rich.withdraw("20", at=TOMORROW + DAY)
    assert approve(third, fay, TOMORROW + DAY).state == "approved"


def test_what_was_refused_or_belongs_to_others_does_not_count(rich: Customer, other_payer: Customer, fay: User) -> None:
    refuse_withdrawal(withdrawal_id=rich.withdraw("900").pk, reason="no", decided_by=fay.pk, now=TOMORROW)
    rich.withdraw("900")  # nobody has approved it
    approve(other_payer.stored_withdrawal(), fay)
    assert approve(rich.withdraw("999"), fay).state == "approved"


@pytest.fixture(scope="module")
def weeks() -> Iterator[int]:
    return count()


@pytest.mark.long
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=WISHES)
def test_one_person_never_lets_the_bound_pass_within_a_day(
    rich: Customer, fay: User, weeks: Iterator[int], wishes: list[tuple[int, int]]
) -> None:
    at = TOMORROW + timedelta(days=20 * next(weeks))  # no example meets another
    alone: list[tuple[datetime, Decimal]] = []
    for amount, hours in wishes:
        at += timedelta(hours=hours)
        withdrawal = rich.withdraw(str(amount), at=at)
        before = sum((each for then, each in alone if then > at - DAY), Decimal(0))
        try:
            approve(withdrawal, fay, at)
        except SecondApprovalRequired:
            assert before + amount >= BOUND
        else:
            alone.append((at, Decimal(amount)))
            assert before + amount < BOUND


def test_approvals_at_the_same_moment_see_each_other(rich: Customer, fay: User) -> None:
    waiting = [rich.withdraw("400") for _ in range(4)]
    answers = at_once([partial(approve, each, fay) for each in waiting])
    assert sorted(type(answer).__name__ for answer in answers) == [*["SecondApprovalRequired"] * 2, *["Withdrawal"] * 2]
