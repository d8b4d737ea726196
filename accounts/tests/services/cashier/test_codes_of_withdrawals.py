"""A withdrawal and a new beneficiary check the code last: a request refused for another reason spends none."""

from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest

from accounts.domain.access.scopes import SecondFactorWrong
from accounts.domain.cashier.real_money import (
    AmountOutOfBounds,
    BeneficiaryExists,
    BeneficiaryNotUsable,
    WithdrawalRequest,
)
from accounts.domain.errors import InsufficientFunds, NotFound, Refusal, TooManyAttempts
from accounts.models import AttemptTally, Beneficiary, CashierTerms, Withdrawal
from accounts.services.cashier.request_withdrawal import RequestedWithdrawal, request_withdrawal
from accounts.tests.cast import NOON
from accounts.tests.threads import at_once
from accounts.tests.till import ADDRESS, TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)


def wish(saver: Customer, amount: str = "50") -> WithdrawalRequest:
    return saver.wish_withdrawal(amount, Beneficiary.objects.get().pk)


def test_a_refused_withdrawal_leaves_the_code_for_the_next(saver: Customer) -> None:
    CashierTerms.objects.update(withdrawal_daily_max=Decimal(100_000))
    code = saver.code(TOMORROW)
    refused: list[tuple[WithdrawalRequest, type[Refusal]]] = [
        (wish(saver, "1"), AmountOutOfBounds),
        (wish(saver, "90000"), InsufficientFunds),
        (saver.wish_withdrawal("50", uuid4()), NotFound),
    ]
    for each, refusal in refused:
        with pytest.raises(refusal):
            request_withdrawal(each, code=code, by_api_key=False, now=TOMORROW)
    assert not AttemptTally.objects.exists()
    assert not request_withdrawal(wish(saver), code=code, by_api_key=False, now=TOMORROW).replayed


def test_a_wrong_code_counts_although_nothing_else_is_kept(saver: Customer) -> None:
    assert saver.app
    for _ in range(5):
        with pytest.raises(SecondFactorWrong):
            request_withdrawal(wish(saver), code=saver.app.wrong(TOMORROW), by_api_key=False, now=TOMORROW)
    with pytest.raises(TooManyAttempts):
        request_withdrawal(wish(saver), code=saver.code(TOMORROW), by_api_key=False, now=TOMORROW)
    assert (Withdrawal.objects.count(), saver.money) == (0, ("5000.00", "0.00"))


def test_guesses_at_once_are_all_counted_and_one_code_pays_once(saver: Customer) -> None:
    assert saver.app
    ask = partial(request_withdrawal, by_api_key=False, now=TOMORROW)
    right = [partial(ask, wish(saver), code=saver.code(TOMORROW)) for _ in range(4)]
    assert [type(each) for each in at_once(right)].count(RequestedWithdrawal) == 1
    AttemptTally.objects.all().delete()
    wrong = [partial(ask, wish(saver), code=saver.app.wrong(TOMORROW)) for _ in range(8)]
    kinds = [type(each) for each in at_once(wrong)]
    assert (kinds.count(SecondFactorWrong), kinds.count(TooManyAttempts)) == (5, 3)


def test_a_refused_beneficiary_leaves_the_code_too(saver: Customer) -> None:
    at = NOON + timedelta(hours=1)
    with pytest.raises(BeneficiaryExists):
        saver.beneficiary(at=at)
    other = saver.beneficiary(f"{ADDRESS}2", at=at)
    with pytest.raises(BeneficiaryNotUsable):
        request_withdrawal(saver.wish_withdrawal("50", other.pk), code="000000", by_api_key=False, now=at)
    assert not AttemptTally.objects.exists()
