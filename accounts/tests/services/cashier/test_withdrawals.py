"""A withdrawal from the request to the end, and its refusals."""

from uuid import UUID

import pytest

from accounts.domain.approvals.requests import Decision, NotPermitted, OwnRequest, Role
from accounts.domain.cashier.real_money import SecondApprovalRequired, WrongState
from accounts.domain.errors import NotFound
from accounts.models import LedgerAccount, User, Withdrawal
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import standing
from accounts.tests.staff import staff_member
from accounts.tests.till import TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)


def approve(withdrawal: Withdrawal, by: User) -> Withdrawal:
    return approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=by.pk, now=TOMORROW)


def complete(withdrawal: Withdrawal, by: User, reference: str = "tx 1") -> Withdrawal:
    return complete_withdrawal(withdrawal_id=withdrawal.pk, reference=reference, decided_by=by.pk, now=TOMORROW)


def fees() -> str:
    return f"{LedgerAccount.objects.get(kind='fees', currency='USDT', demo=False).balance:.2f}"


def test_money_is_reserved_at_once_and_gone_when_it_was_paid_out(saver: Customer, fay: User) -> None:
    withdrawal = saver.withdraw("500")
    assert (withdrawal.state, saver.money, fees()) == ("review", ("5000.00", "502.00"), "1.00")
    approve(withdrawal, fay)
    assert saver.money == ("5000.00", "502.00")
    withdrawal = complete(withdrawal, fay)
    assert (withdrawal.state, withdrawal.provider_reference, saver.money, fees()) == (
        "done",
        "tx 1",
        ("4498.00", "0.00"),
        "3.00",
    )
    assert_the_ledger_balances()


def test_the_trader_cancels_while_it_is_in_review(saver: Customer, other_payer: Customer, fay: User) -> None:
    withdrawal = saver.withdraw("500")
    with pytest.raises(NotFound):
        cancel_withdrawal(withdrawal_id=withdrawal.pk, user_id=other_payer.id, now=TOMORROW)
    cancel_withdrawal(withdrawal_id=withdrawal.pk, user_id=saver.id, now=TOMORROW)
    assert saver.money == ("5000.00", "0.00")
    second = saver.withdraw("500")
    approve(second, fay)
    with pytest.raises(WrongState):
        cancel_withdrawal(withdrawal_id=second.pk, user_id=saver.id, now=TOMORROW)


def test_staff_refuse_and_the_money_is_back(saver: Customer, fay: User) -> None:
    withdrawal = saver.withdraw("500")
    refuse_withdrawal(withdrawal_id=withdrawal.pk, reason="the name differs", decided_by=fay.pk, now=TOMORROW)
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.reason, saver.money) == ("refused", "the name differs", ("5000.00", "0.00"))


def test_an_end_is_final(saver: Customer, fay: User) -> None:
    withdrawal = saver.withdraw("500")
    with pytest.raises(WrongState):
        complete(withdrawal, fay)
    complete(approve(withdrawal, fay), fay)
    with pytest.raises(WrongState):
        complete(withdrawal, fay, "tx 2")
    with pytest.raises(WrongState):
        approve(withdrawal, fay)
    with pytest.raises(WrongState):
        refuse_withdrawal(withdrawal_id=withdrawal.pk, reason="no", decided_by=fay.pk, now=TOMORROW)
    with pytest.raises(WrongState):
        cancel_withdrawal(withdrawal_id=withdrawal.pk, user_id=saver.id, now=TOMORROW)
    assert saver.money == ("4498.00", "0.00")


def test_a_large_one_takes_two_members_of_staff(saver: Customer, fay: User, rick: User) -> None:
    withdrawal = saver.withdraw("1000")
    with pytest.raises(SecondApprovalRequired) as caught:
        approve(withdrawal, fay)
    assert caught.value.extra == {"four_eyes_from": "1000.00"}
    request = request_approval(
        action="large_withdrawal",
        subject=f"withdrawal:{withdrawal.pk}",
        arguments={},
        reason="a known customer",
        requested_by=fay.pk,
        now=TOMORROW,
    )
    with pytest.raises(OwnRequest):
        decide_request(
            request_id=request.pk, decision=Decision.APPROVE, reason="", decided_by=fay.pk, clock=standing(TOMORROW)
        )
    decide_request(
        request_id=request.pk, decision=Decision.APPROVE, reason="", decided_by=rick.pk, clock=standing(TOMORROW)
    )
    withdrawal.refresh_from_db()
    assert (withdrawal.state, withdrawal.decided_by_id) == ("approved", rick.pk)


def test_an_approval_that_comes_after_the_cancellation_does_nothing(saver: Customer, fay: User, rick: User) -> None:
    withdrawal = saver.withdraw("1000")
    subject = f"withdrawal:{withdrawal.pk}"
    request = request_approval(
        action="large_withdrawal", subject=subject, arguments={}, reason="why not", requested_by=fay.pk, now=TOMORROW
    )
    cancel_withdrawal(withdrawal_id=withdrawal.pk, user_id=saver.id, now=TOMORROW)
    with pytest.raises(WrongState):
        decide_request(
            request_id=request.pk, decision=Decision.APPROVE, reason="", decided_by=rick.pk, clock=standing(TOMORROW)
        )
    request.refresh_from_db()
    assert (request.state, saver.money) == ("pending", ("5000.00", "0.00"))


@pytest.mark.parametrize("subject", ["withdrawal:1", f"withdrawal:{UUID(int=1)}", f"deposit:{UUID(int=1)}", ""])
def test_an_approval_is_asked_for_something_that_exists(saver: Customer, fay: User, subject: str) -> None:
    for action in ("large_withdrawal", "large_deposit"):
        with pytest.raises(NotFound):
            request_approval(
                action=action, subject=subject, arguments={}, reason="why not", requested_by=fay.pk, now=TOMORROW
            )


def test_only_finance_decides_and_never_on_their_own(saver: Customer, rick: User) -> None:
    withdrawal = saver.withdraw("500")
    support = staff_member("sue", Role.SUPPORT)
    for person in (rick, support, saver.trader.user):
        with pytest.raises(NotPermitted):
            approve(withdrawal, person)
        with pytest.raises(NotPermitted):
            complete(withdrawal, person)
        with pytest.raises(NotPermitted):
            refuse_withdrawal(withdrawal_id=withdrawal.pk, reason="no", decided_by=person.pk, now=TOMORROW)
    User.objects.filter(pk=saver.id).update(is_staff=True, is_superuser=True)
    with pytest.raises(OwnRequest):
        approve(withdrawal, saver.trader.user)
