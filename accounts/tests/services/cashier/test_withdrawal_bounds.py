"""The refusals of withdrawals, and the rules for their destinations."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.domain.access.scopes import AccountFrozen, SecondFactorNotSet, SecondFactorRequired, SecondFactorWrong
from accounts.domain.cashier.real_money import (
    AmountOutOfBounds,
    BeneficiaryExists,
    BeneficiaryNotUsable,
    CashierClosed,
    DailyMaximumReached,
    TooManyBeneficiaries,
    WithdrawalsPaused,
)
from accounts.domain.errors import IdempotencyKeyReused, InsufficientFunds, InvalidInput, NotFound
from accounts.models import CashierTerms, User
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.remove_beneficiary import remove_beneficiary
from accounts.services.cashier.request_withdrawal import request_withdrawal
from accounts.services.limits.self_exclude import self_exclude
from accounts.tests.cast import NOON, standing
from accounts.tests.till import ADDRESS, TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_gives_a_code_and_each_code_is_good_once(saver: Customer) -> None:
    wish = saver.wish_withdrawal("50", saver.beneficiary("T" * 30, at=NOON + timedelta(minutes=1)).pk)
    later = TOMORROW + timedelta(hours=1)
    with pytest.raises(SecondFactorRequired):
        request_withdrawal(wish, code=None, by_api_key=False, now=later)
    with pytest.raises(SecondFactorWrong):
        request_withdrawal(wish, code="000000", by_api_key=False, now=later)
    code = saver.code(later)
    first = request_withdrawal(wish, code=code, by_api_key=False, now=later)
    replay = request_withdrawal(wish, code=code, by_api_key=False, now=later)
    assert (first.replayed, replay.replayed, replay.withdrawal) == (False, True, first.withdrawal)
    with pytest.raises(SecondFactorWrong):
        request_withdrawal(saver.wish_withdrawal("50", wish.beneficiary_id), code=code, by_api_key=False, now=later)


def test_without_a_second_factor_nothing_goes_out(saver: Customer) -> None:
    withdrawal = saver.withdraw("50")
    saver.trader.user.authenticator_set.all().delete()  # type: ignore[attr-defined]
    wish = saver.wish_withdrawal("50", withdrawal.beneficiary_id)
    for by_api_key in (True, False):
        with pytest.raises(SecondFactorNotSet):
            request_withdrawal(wish, code="123456", by_api_key=by_api_key, now=TOMORROW)


def test_withdrawals_rest_for_a_day_after_the_second_factor_was_removed(saver: Customer) -> None:
    User.objects.filter(pk=saver.id).update(second_factor_removed_at=TOMORROW)
    with pytest.raises(WithdrawalsPaused):
        saver.withdraw("50", at=TOMORROW + timedelta(hours=23, minutes=59))
    saver.withdraw("50", at=TOMORROW + timedelta(hours=24))


def test_the_same_wish_is_granted_once(saver: Customer) -> None:
    first, second = saver.withdraw("500", key="mine"), saver.withdraw("500", key="mine")
    assert (first, saver.money) == (second, ("5000.00", "502.00"))
    with pytest.raises(IdempotencyKeyReused):
        saver.withdraw("501", key="mine")


def test_a_new_beneficiary_waits_a_day_and_a_removed_one_is_gone(saver: Customer) -> None:
    with pytest.raises(BeneficiaryNotUsable):
        saver.withdraw("50", at=TOMORROW - timedelta(seconds=1))
    withdrawal = saver.withdraw("50")
    remove_beneficiary(beneficiary_id=withdrawal.beneficiary_id, user_id=saver.id, now=TOMORROW)
    with pytest.raises(NotFound):
        saver.withdraw("50")
    with pytest.raises(NotFound):
        remove_beneficiary(beneficiary_id=withdrawal.beneficiary_id, user_id=saver.id, now=TOMORROW)


def test_another_persons_beneficiary_does_not_exist(saver: Customer, other_payer: Customer) -> None:
    theirs = other_payer.beneficiary()
    with pytest.raises(NotFound):
        request_withdrawal(saver.wish_withdrawal("50", theirs.pk), code=None, by_api_key=True, now=TOMORROW)
    with pytest.raises(NotFound):
        remove_beneficiary(beneficiary_id=theirs.pk, user_id=saver.id, now=TOMORROW)


@pytest.mark.parametrize(
    "address",
    ["short", "has space in the middle of", "ＴＸＹＺａｂｃｄｅｆｇｈｉｊｋｌ", "T" * 201, "TXYZ\0" * 8, "TXYZ-" * 8],
)
def test_an_address_is_plain_text(payer: Customer, address: str) -> None:
    with pytest.raises(InvalidInput):
        payer.beneficiary(address)


def test_an_address_is_added_once_and_there_are_only_so_many(payer: Customer) -> None:
    payer.beneficiary()
    with pytest.raises(BeneficiaryExists):
        payer.beneficiary(at=NOON + timedelta(minutes=1))
    for n in range(19):
        payer.beneficiary(f"{ADDRESS}{n}", at=NOON + timedelta(minutes=n + 2))
    with pytest.raises(TooManyBeneficiaries):
        payer.beneficiary(f"{ADDRESS}99", at=NOON + timedelta(minutes=30))


def test_the_fee_comes_on_top(saver: Customer, terms: CashierTerms) -> None:
    CashierTerms.objects.update(withdrawal_daily_max="100000")
    with pytest.raises(InsufficientFunds):
        saver.withdraw("4998.01")
    saver.withdraw("4998")
    assert saver.money == ("5000.00", "5000.00")


def test_a_day_has_its_maximum(saver: Customer) -> None:
    first = saver.withdraw("1500")
    with pytest.raises(DailyMaximumReached):
        saver.withdraw("500.01")
    cancel_withdrawal(withdrawal_id=first.pk, user_id=saver.id, now=TOMORROW)
    saver.withdraw("2000")
    with pytest.raises(DailyMaximumReached):
        saver.withdraw("20", at=TOMORROW + timedelta(hours=11, minutes=59))
    saver.withdraw("20", at=TOMORROW + timedelta(hours=12))


@pytest.mark.parametrize("amount", ["19.99", "20.001"])
def test_it_refuses_amounts_outside_the_terms(saver: Customer, amount: str) -> None:
    with pytest.raises(AmountOutOfBounds):
        saver.withdraw(amount)


def test_a_currency_that_is_no_longer_enabled_is_still_paid_out(saver: Customer, settings: Settings) -> None:
    settings.REAL_CURRENCIES = []
    saver.withdraw("50")
    assert saver.money == ("5000.00", "52.00")


def test_it_is_closed_where_the_operator_closed_it(saver: Customer) -> None:
    CashierTerms.objects.update(withdrawals_open=False)
    with pytest.raises(CashierClosed):
        saver.withdraw("50")


def test_who_is_frozen_gets_nothing_and_who_excluded_themselves_gets_their_money(saver: Customer, fay: User) -> None:
    self_exclude(user_id=saver.id, months=6, clock=standing(NOON))
    asked = saver.withdraw("50")
    User.objects.filter(pk=saver.id).update(is_active=False, frozen_at=TOMORROW)
    with pytest.raises(AccountFrozen):
        saver.withdraw("50")
    with pytest.raises(AccountFrozen):
        approve_withdrawal(withdrawal_id=asked.pk, decided_by=fay.pk, now=TOMORROW)
