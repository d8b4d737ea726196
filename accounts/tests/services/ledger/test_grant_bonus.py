"""A bonus only gives, never takes, and comes from the operator's bonus account."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.access.scopes import AccountFrozen
from accounts.domain.approvals.requests import Decision, NotPermitted, Role
from accounts.domain.errors import InvalidInput
from accounts.domain.limits.exclusions import PersonExcluded
from accounts.models import ApprovalRequest, LedgerAccount, Transfer, User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.services.limits.self_exclude import self_exclude
from accounts.services.limits.take_time_out import take_time_out
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, Person, standing
from accounts.tests.staff import staff_member
from accounts.tests.threads import at_once


def ask(by: User, of: Person, amount: str) -> ApprovalRequest:
    subject = f"wallet:{of.wallet.id}"
    return request_approval(
        action="grant_bonus", subject=subject, arguments={"amount": amount}, reason="hi", requested_by=by.pk, now=NOON
    )


def approve(request: ApprovalRequest, by: User) -> ApprovalRequest:
    return decide_request(
        request_id=request.pk, decision=Decision.APPROVE, reason="", decided_by=by.pk, clock=standing(NOON)
    )


@pytest.mark.django_db(transaction=True)
def test_two_bonuses_and_orders_at_once_each_count_once(fay: User, rick: User, alice: Person, bob: Person) -> None:
    requests = [ask(fay, person, "25.50") for person in (alice, bob)]
    calls = [partial(approve, request, rick) for request in requests for _ in range(3)]
    assert Counter(type(result).__name__ for result in at_once(calls)) == {"ApprovalRequest": 2, "AlreadyDecided": 4}
    assert [person.wallet.balance for person in (alice, bob)] == [Decimal("10025.50")] * 2
    assert LedgerAccount.objects.get(kind="bonus", demo=True).balance == Decimal("-51.00")
    assert set(Transfer.objects.filter(kind="bonus").values_list("reference", flat=True)) == {r.pk for r in requests}
    assert_the_ledger_balances()


@pytest.mark.long
@given(amounts=st.lists(st.decimals("0.01", "100000", places=2), min_size=1, max_size=5))
@settings(max_examples=15)
def test_a_wallet_has_what_it_was_given(fay: User, rick: User, alice: Person, amounts: list[Decimal]) -> None:
    before = alice.wallet.balance
    for amount in amounts:
        approve(ask(fay, alice, str(amount)), rick)
    assert alice.wallet.balance == before + sum(amounts)
    assert_the_ledger_balances()


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "1e400", "1_0", "1 0", "0.001", "1000000001", ""])
def test_a_bonus_that_is_none_is_refused(fay: User, alice: Person, amount: str) -> None:
    with pytest.raises(InvalidInput):
        ask(fay, alice, amount)


def test_auditors_may_not_even_ask(alice: Person) -> None:
    auditor = staff_member("anna", Role.AUDITOR)
    with pytest.raises(NotPermitted):
        ask(auditor, alice, "1")


@pytest.mark.parametrize("length", [{"hours": 24}, {"months": 6}])
def test_who_keeps_away_is_not_tempted_back(fay: User, rick: User, alice: Person, length: dict[str, int]) -> None:
    request = ask(fay, alice, "25")
    exclude: Callable[..., object] = take_time_out if "hours" in length else self_exclude
    exclude(user_id=alice.user.pk, clock=lambda: NOON, **length)
    with pytest.raises(PersonExcluded):
        approve(request, rick)
    request.refresh_from_db()
    assert (request.state, request.decisions.count(), alice.wallet.balance) == ("pending", 0, 10_000)


def test_a_frozen_account_is_given_nothing(fay: User, rick: User, alice: Person) -> None:
    request = ask(fay, alice, "25")
    User.objects.filter(pk=alice.user.pk).update(is_active=False, frozen_at=NOON)
    with pytest.raises(AccountFrozen):
        approve(request, rick)
