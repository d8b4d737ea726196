"""Many requests for the same money at the very same moment."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from accounts.domain.cashier.real_money import (
    DailyMaximumReached,
    InsufficientForWithdrawal,
    PaymentKnown,
    PayoutKnown,
    WrongState,
)
from accounts.models import CashierTerms, Deposit, User, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.open_deposit import open_deposit
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from accounts.tests.staff import approved, asked
from accounts.tests.threads import at_once
from accounts.tests.till import TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results: Iterable[object]) -> dict[str, int]:
    names = [type(result).__name__ for result in results]
    return {name: names.count(name) for name in set(names)}


@pytest.mark.long
def test_the_days_maximum_is_exact(saver: Customer) -> None:
    results = at_once([partial(saver.withdraw, "300", key=f"key {n}") for n in range(12)])
    assert kinds(results) == {"Withdrawal": 6, DailyMaximumReached.__name__: 6}
    assert saver.money == ("5000.00", "1812.00")


def test_nobody_withdraws_the_same_money_twice(saver: Customer) -> None:
    CashierTerms.objects.update(withdrawal_daily_max=Decimal(100_000))
    results = at_once([partial(saver.withdraw, "900", key=f"key {n}") for n in range(12)])
    assert kinds(results) == {"Withdrawal": 5, InsufficientForWithdrawal.__name__: 7}
    assert_the_ledger_balances()


def test_one_wish_sent_by_many_is_granted_once(saver: Customer) -> None:
    withdrawals = at_once([lambda: saver.withdraw("300", key="mine") for _ in range(10)])
    wish = saver.wish_deposit("100", key="mine")
    deposits = at_once([lambda: open_deposit(wish, now=NOON).deposit for _ in range(10)])
    assert len({each.pk for each in [*withdrawals, *deposits]}) == 2  # type: ignore[union-attr]
    assert (Withdrawal.objects.count(), Deposit.objects.count()) == (1, 2)


@pytest.mark.long
def test_of_cancel_and_approve_at_once_exactly_one_wins(saver: Customer, fay: User) -> None:
    for _ in range(5):
        withdrawal_id = saver.withdraw("100").pk
        approve = partial(approve_withdrawal, withdrawal_id=withdrawal_id, decided_by=fay.pk, now=TOMORROW)
        cancel = partial(cancel_withdrawal, withdrawal_id=withdrawal_id, user_id=saver.id, now=TOMORROW)
        assert kinds(at_once([approve, cancel, cancel])) == {"Withdrawal": 1, WrongState.__name__: 2}
    assert_the_ledger_balances()


def test_it_is_paid_out_or_given_back_and_never_both(saver: Customer, fay: User, rick: User, rosa: User) -> None:
    for _ in range(5):
        withdrawal_id = saver.withdraw("100").pk
        which: dict[str, Any] = {"withdrawal_id": withdrawal_id, "decided_by": fay.pk, "now": TOMORROW}
        approve_withdrawal(**which)
        failure = asked("fail_withdrawal", f"withdrawal:{withdrawal_id}", by=fay, at=TOMORROW, told="it came back")
        approved(failure, rick, at=TOMORROW)
        complete = partial(complete_withdrawal, reference=f"tx {withdrawal_id}", **which)
        fail = partial(approved, failure, rosa, at=TOMORROW)
        ways: list[Callable[[], object]] = [complete, fail, complete]
        results = at_once(ways)
        assert sorted(kinds(results).values()) == [1, 2]
        assert kinds(results)[WrongState.__name__] == 2
    assert saver.wallet.held == 0
    assert_the_ledger_balances()


@pytest.mark.refusals
def test_one_payment_pays_one_withdrawal_and_credits_one_deposit(saver: Customer, fay: User) -> None:
    """In every spelling, and also in parallel."""
    typed = ("tx-1", "TX -1", " tX‐1 ", "ｔｘ－１", "tx–1", "tx−1")
    who: dict[str, Any] = {"decided_by": fay.pk, "now": TOMORROW}
    out = [saver.withdraw("100").pk for _ in typed]
    for withdrawal_id in out:
        approve_withdrawal(withdrawal_id=withdrawal_id, **who)
    complete = [
        partial(complete_withdrawal, withdrawal_id=o, reference=t, **who) for o, t in zip(out, typed, strict=True)
    ]
    assert kinds(at_once(complete)) == {"Withdrawal": 1, PayoutKnown.__name__: len(typed) - 1}
    into = [saver.deposit("100", at=TOMORROW).pk for _ in typed]
    credit = [partial(credit_deposit, deposit_id=i, reference=t, **who) for i, t in zip(into, typed, strict=True)]
    assert kinds(at_once(credit)) == {"Deposit": 1, PaymentKnown.__name__: len(typed) - 1}
    assert saver.money == ("4997.00", "510.00")
    assert_the_ledger_balances()


def test_a_deposit_credited_by_many_is_credited_once(payer: Customer, fay: User) -> None:
    credit = partial(credit_deposit, deposit_id=payer.deposit("100").pk, decided_by=fay.pk, now=NOON)
    results = at_once([partial(credit, reference=f"bank {n}") for n in range(8)])
    assert kinds(results) == {"Deposit": 1, WrongState.__name__: 7}
    assert payer.money == ("99.00", "0.00")
