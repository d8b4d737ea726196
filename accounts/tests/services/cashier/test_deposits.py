"""A deposit that staff look after, from the request to the money."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.domain.access.scopes import AccountFrozen
from accounts.domain.approvals.requests import Decision, NotPermitted, OwnRequest, Role
from accounts.domain.cashier.real_money import (
    AmountOutOfBounds,
    CashierClosed,
    DailyMaximumReached,
    DepositRequest,
    PaymentKnown,
    SecondApprovalRequired,
    WrongState,
)
from accounts.domain.errors import IdempotencyKeyReused, InvalidInput, NotFound
from accounts.domain.limits.exclusions import SelfExcluded
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind, LimitReached
from accounts.models import CashierTerms, Deposit, User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.open_deposit import open_deposit
from accounts.services.cashier.refuse_deposit import refuse_deposit
from accounts.services.cashier.submit_deposit import submit_deposit
from accounts.services.cashier.sweep_deposits import sweep_deposits
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from accounts.tests.staff import staff_member
from accounts.tests.till import Customer

pytestmark = pytest.mark.django_db(transaction=True)


def credit(deposit: Deposit, by: User, reference: str = "bank 4711") -> Deposit:
    return credit_deposit(deposit_id=deposit.pk, reference=reference, decided_by=by.pk, now=NOON)


def test_money_comes_when_staff_have_seen_the_payment(payer: Customer, fay: User) -> None:
    deposit = payer.deposit("100")
    assert (deposit.state, deposit.expires_at, payer.money) == ("requested", NOON + timedelta(days=7), ("0.00", "0.00"))
    deposit = submit_deposit(deposit_id=deposit.pk, user_id=payer.id, note="paid by Alice A.")
    assert (deposit.state, deposit.note) == ("review", "paid by Alice A.")
    deposit = credit(deposit, fay)
    assert (deposit.state, deposit.ended_at, payer.money) == ("done", NOON, ("99.00", "0.00"))
    assert_the_ledger_balances()


def test_nothing_is_credited_twice(payer: Customer, fay: User) -> None:
    deposit = payer.deposit()
    credit(deposit, fay)
    with pytest.raises(WrongState):
        credit(deposit, fay, "bank 4712")
    with pytest.raises(WrongState):
        refuse_deposit(deposit_id=deposit.pk, reason="no", decided_by=fay.pk, now=NOON)
    assert payer.money == ("99.00", "0.00")


def test_one_payment_credits_one_deposit(payer: Customer, other_payer: Customer, fay: User) -> None:
    credit(payer.deposit(), fay)
    with pytest.raises(PaymentKnown):
        credit(other_payer.deposit(), fay)
    assert other_payer.money == ("0.00", "0.00")


def test_a_large_deposit_takes_two_members_of_staff(payer: Customer, fay: User, rick: User) -> None:
    deposit = payer.deposit("1000")
    with pytest.raises(SecondApprovalRequired):
        credit(deposit, fay)
    request = request_approval(
        action="large_deposit",
        subject=f"deposit:{deposit.pk}",
        arguments={"reference": "bank 4711"},
        reason="seen on the statement",
        requested_by=fay.pk,
        now=NOON,
    )
    assert payer.money == ("0.00", "0.00")
    decide_request(
        request_id=request.pk, decision=Decision.APPROVE, reason="", decided_by=rick.pk, clock=standing(NOON)
    )
    deposit.refresh_from_db()
    assert (deposit.state, deposit.provider_reference, deposit.decided_by_id) == ("done", "bank 4711", rick.pk)
    assert payer.money == ("999.00", "0.00")


def test_nobody_credits_their_own_deposit(payer: Customer) -> None:
    User.objects.filter(pk=payer.id).update(is_staff=True, is_superuser=True)
    with pytest.raises(OwnRequest):
        credit(payer.deposit(), payer.trader.user)


def test_only_finance_decides(payer: Customer, rick: User) -> None:
    support = staff_member("sue", Role.SUPPORT)
    for person in (rick, support, payer.trader.user):
        with pytest.raises(NotPermitted):
            credit(payer.deposit(key="one"), person)
        with pytest.raises(NotPermitted):
            refuse_deposit(deposit_id=payer.deposit(key="one").pk, reason="no", decided_by=person.pk, now=NOON)


def test_a_refused_deposit_says_why(payer: Customer, fay: User) -> None:
    deposit = payer.deposit()
    deposit = refuse_deposit(deposit_id=deposit.pk, reason="no such payment", decided_by=fay.pk, now=NOON)
    assert (deposit.state, deposit.reason, payer.money) == ("refused", "no such payment", ("0.00", "0.00"))


@pytest.mark.parametrize("reference", ["", "   ", "a\nb", "x" * 121, "\0", "\ud800"])
def test_a_reference_is_printable_text(payer: Customer, fay: User, reference: str) -> None:
    with pytest.raises(InvalidInput):
        credit(payer.deposit(), fay, reference)


def test_the_same_wish_is_granted_once(payer: Customer) -> None:
    wish = payer.wish_deposit("100", key="mine")
    first, second = open_deposit(wish, now=NOON), open_deposit(wish, now=NOON + timedelta(days=30))
    assert (first.replayed, second.replayed, second.deposit) == (False, True, first.deposit)
    with pytest.raises(IdempotencyKeyReused):
        payer.deposit("101", key="mine")
    assert Deposit.objects.count() == 1


@pytest.mark.parametrize("amount", ["9.99", "10.001", "0.01"])
def test_it_refuses_amounts_outside_the_terms(payer: Customer, amount: str) -> None:
    with pytest.raises(AmountOutOfBounds):
        payer.deposit(amount)


def test_a_day_has_its_maximum(payer: Customer, fay: User) -> None:
    payer.deposit("60000")
    second = payer.deposit("40000")
    CashierTerms.objects.update(four_eyes_from=50_000)
    with pytest.raises(DailyMaximumReached) as caught:
        payer.deposit("10")
    assert caught.value.extra == {"left_today": "0.00"}
    refuse_deposit(deposit_id=second.pk, reason="never came", decided_by=fay.pk, now=NOON)
    payer.deposit("40000")
    payer.deposit("100000", at=NOON + timedelta(hours=12))


def test_it_is_closed_where_the_operator_has_not_opened_it(payer: Customer, terms: CashierTerms) -> None:
    with pytest.raises(CashierClosed):
        open_deposit(DepositRequest(payer.id, "key", "KRW", Decimal(100)), now=NOON)
    CashierTerms.objects.update(deposits_open=False)
    with pytest.raises(CashierClosed):
        payer.deposit()


def test_it_needs_the_currency_to_be_enabled(payer: Customer, settings: object) -> None:
    settings.REAL_CURRENCIES = []  # type: ignore[attr-defined]
    with pytest.raises(CashierClosed):
        payer.deposit()


def test_who_is_frozen_or_self_excluded_pays_nothing_in(payer: Customer, other_payer: Customer) -> None:
    User.objects.filter(pk=payer.id).update(is_active=False, frozen_at=NOON)
    with pytest.raises(AccountFrozen):
        payer.deposit()
    self_exclude(user_id=other_payer.id, months=6, clock=standing(NOON))
    with pytest.raises(SelfExcluded):
        other_payer.deposit(at=NOON + timedelta(days=1))


def test_the_traders_own_deposit_limit_holds(payer: Customer) -> None:
    wish = LimitChange(LimitKind.DEPOSIT, "USDT", demo=False, period_days=7, amount=Decimal(150))
    set_trading_limits(user_id=payer.id, changes=[wish], now=NOON)
    payer.deposit("100")
    with pytest.raises(LimitReached):
        payer.deposit("51")
    payer.deposit("50")


def test_an_unpaid_deposit_expires(payer: Customer) -> None:
    unpaid, said = payer.deposit(), payer.deposit()
    submit_deposit(deposit_id=said.pk, user_id=payer.id, note="sent it")
    sweep_deposits(now=NOON + timedelta(days=7) - timedelta(seconds=1))
    assert set(Deposit.objects.values_list("state", flat=True)) == {"requested", "review"}
    sweep_deposits(now=NOON + timedelta(days=7))
    states = dict(Deposit.objects.values_list("pk", "state"))
    assert (states[unpaid.pk], states[said.pk]) == ("expired", "review")
    with pytest.raises(WrongState):
        submit_deposit(deposit_id=unpaid.pk, user_id=payer.id, note="a little late")


def test_the_owner_says_once_that_a_deposit_is_paid(payer: Customer, other_payer: Customer) -> None:
    deposit = payer.deposit()
    with pytest.raises(NotFound):
        submit_deposit(deposit_id=deposit.pk, user_id=other_payer.id, note="mine")
    for _ in range(2):
        submit_deposit(deposit_id=deposit.pk, user_id=payer.id, note="sent it")
    with pytest.raises(WrongState):
        submit_deposit(deposit_id=deposit.pk, user_id=payer.id, note="something else")
