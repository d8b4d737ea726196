"""The table of staff's decisions at the cashier, row by row: the deciders, the amounts, the second person."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from uuid import UUID

import pytest

from accounts.approval_actions import action_named
from accounts.domain.approvals.requests import NotPermitted, OwnRequest, Role
from accounts.domain.approvals.staff_decisions import (
    APPROVE_WITHDRAWAL,
    COMPLETE_WITHDRAWAL,
    CREDIT_DEPOSIT,
    FAIL_WITHDRAWAL,
    REFUSE_DEPOSIT,
    REFUSE_WITHDRAWAL,
    STAFF_DECISIONS,
    StaffDecision,
)
from accounts.domain.cashier.real_money import SecondApprovalRequired, WrongState
from accounts.models import ApprovalRequest, CashierTerms, Deposit, User, Withdrawal
from accounts.services import cashier
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.refuse_deposit import refuse_deposit
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal
from accounts.steps.cashier.end_withdrawal import accept_withdrawal
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.staff import approved, asked, staff_member
from accounts.tests.till import TOMORROW, Customer

pytestmark = pytest.mark.django_db(transaction=True)
Alone = Callable[[UUID, int], object]


@dataclass(frozen=True)
class Row:
    """A decision as it is taken: its money, its service for one person, the arguments of its request, its end."""

    kind: type[Deposit] | type[Withdrawal]
    before: str
    after: str
    alone: Alone | None
    arguments: dict[str, str]


ROWS: dict[StaffDecision, Row] = {
    CREDIT_DEPOSIT: Row(
        Deposit, "requested", "done",
        lambda key, by: credit_deposit(deposit_id=key, reference=f"bank {key}", decided_by=by, now=TOMORROW),
        {"reference": "bank 1"},
    ),
    REFUSE_DEPOSIT: Row(
        Deposit, "requested", "refused",
        lambda key, by: refuse_deposit(deposit_id=key, reason="none came", decided_by=by, now=TOMORROW),
        {"told": "none came"},
    ),
    APPROVE_WITHDRAWAL: Row(
        Withdrawal, "review", "approved",
        lambda key, by: approve_withdrawal(withdrawal_id=key, decided_by=by, now=TOMORROW), {},
    ),
    REFUSE_WITHDRAWAL: Row(
        Withdrawal, "review", "refused",
        lambda key, by: refuse_withdrawal(withdrawal_id=key, reason="no", decided_by=by, now=TOMORROW), {"told": "no"},
    ),
    COMPLETE_WITHDRAWAL: Row(
        Withdrawal, "approved", "done",
        lambda key, by: complete_withdrawal(withdrawal_id=key, reference=f"tx {key}", decided_by=by, now=TOMORROW),
        {"reference": "tx 1"},
    ),
    FAIL_WITHDRAWAL: Row(Withdrawal, "approved", "refused", None, {"told": "the bank sent it back"}),
}  # fmt: skip


@dataclass
class Case:
    """One decision, one amount, and the people who may take it."""

    decision: StaffDecision
    money: Deposit | Withdrawal
    asker: User
    colleagues: list[User]

    @property
    def row(self) -> Row:
        return ROWS[self.decision]

    @property
    def subject(self) -> str:
        return f"{self.money._meta.model_name}:{self.money.pk}"

    @property
    def state(self) -> str:
        return self.row.kind.objects.get(pk=self.money.pk).state

    def alone(self, by: User) -> object:
        assert self.row.alone
        return self.row.alone(self.money.pk, by.pk)

    def asked(self, by: User) -> ApprovalRequest:
        return asked(self.decision.together, self.subject, by=by, at=TOMORROW, **self.row.arguments)


def case(decision: StaffDecision, saver: Customer, amount: str, people: list[User]) -> Case:
    row, asker, colleagues = ROWS[decision], people[0], people[1:]
    if row.kind is Deposit:
        return Case(decision, saver.deposit(amount, at=TOMORROW), asker, colleagues)
    withdrawal = saver.withdraw(amount)
    if row.before == "approved":
        accept_withdrawal(withdrawal, decided_by=colleagues[0].pk, now=TOMORROW)
    return Case(decision, withdrawal, asker, colleagues)


@pytest.fixture
def people(fay: User, rick: User, rosa: User) -> list[User]:
    return [fay, rick, rosa]


def test_the_table_has_every_decision_of_staff_at_the_cashier() -> None:
    folder = Path(cashier.__file__).parent
    names = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    services = [getattr(import_module(f"accounts.services.cashier.{name}"), name, None) for name in names]
    decides = {each.__name__ for each in services if each and "decided_by" in inspect.signature(each).parameters}
    rows = {name for row in ROWS.values() if row.alone for name in row.alone.__code__.co_names}
    assert decides == {name for name in rows if name in names}
    assert set(STAFF_DECISIONS) == ROWS.keys()
    for decision in STAFF_DECISIONS:
        assert action_named(decision.together).approvals_needed == decision.approvals_needed


@pytest.mark.parametrize("decision", STAFF_DECISIONS, ids=lambda each: each.together)
def test_nobody_decides_on_their_own_money_alone_or_together(
    decision: StaffDecision, saver: Customer, people: list[User]
) -> None:
    """Not even a superuser, at any amount; and none of it has moved anything."""
    User.objects.filter(pk=saver.id).update(is_staff=True, is_superuser=True)
    owner = User.objects.get(pk=saver.id)
    for amount in ("999", "1000"):
        made = case(decision, saver, amount, people)
        before = saver.money
        if decision.alone:
            with pytest.raises(OwnRequest):
                made.alone(owner)
        with pytest.raises(OwnRequest):
            made.asked(owner)
        request = made.asked(people[0])
        with pytest.raises(OwnRequest):
            approved(request, owner, at=TOMORROW)
        assert (made.state, saver.money) == (made.row.before, before)


@pytest.mark.parametrize("decision", STAFF_DECISIONS, ids=lambda each: each.together)
def test_below_the_bound_one_person_decides_and_from_it_on_two(
    decision: StaffDecision, saver: Customer, people: list[User]
) -> None:
    below = case(decision, saver, "999.99", people)
    if decision.alone:
        below.alone(people[0])
        assert below.state == below.row.after
    bound = case(decision, saver, "1000", people)
    if decision.alone:
        with pytest.raises(SecondApprovalRequired):
            bound.alone(people[0])
    request = bound.asked(people[0])
    for colleague in people[1 : 1 + decision.approvals_needed]:
        assert bound.state == bound.row.before
        approved(request, colleague, at=TOMORROW)
    assert bound.state == bound.row.after
    assert_the_ledger_balances()


@pytest.mark.parametrize("decision", [each for each in STAFF_DECISIONS if each.alone], ids=lambda each: each.together)
def test_without_terms_every_amount_takes_two(decision: StaffDecision, saver: Customer, people: list[User]) -> None:
    made = case(decision, saver, "20", people)
    CashierTerms.objects.all().delete()
    with pytest.raises(SecondApprovalRequired):
        made.alone(people[0])
    approved(made.asked(people[0]), *people[1 : 1 + decision.approvals_needed], at=TOMORROW)
    assert made.state == made.row.after


@pytest.mark.parametrize("decision", STAFF_DECISIONS, ids=lambda each: each.together)
def test_only_finance_decides_and_asks(decision: StaffDecision, saver: Customer, people: list[User]) -> None:
    made = case(decision, saver, "20", people)
    others = [people[1], staff_member("sue", Role.SUPPORT), staff_member("art", Role.AUDITOR), saver.trader.user]
    for person in others:
        for attempt in (made.alone, made.asked) if decision.alone else (made.asked,):
            with pytest.raises(NotPermitted):
                attempt(person)
    request = made.asked(people[0])
    for person in others[1:]:
        with pytest.raises(NotPermitted):
            approved(request, person, at=TOMORROW)
    assert made.state == made.row.before


def test_an_approved_withdrawal_is_not_refused_alone_at_any_amount(saver: Customer, people: list[User]) -> None:
    """It may have been paid: with its money back in the wallet, it would be paid twice."""
    made = case(FAIL_WITHDRAWAL, saver, "20", people)
    with pytest.raises(WrongState):
        refuse_withdrawal(withdrawal_id=made.money.pk, reason="no", decided_by=people[0].pk, now=TOMORROW)
    with pytest.raises(WrongState):
        asked("refuse_large_withdrawal", made.subject, by=people[0], at=TOMORROW, told="no")
    assert (made.state, saver.money) == ("approved", ("5000.00", "22.00"))


def test_a_refusal_that_was_asked_for_does_not_reach_what_was_approved_since(
    saver: Customer, people: list[User]
) -> None:
    made = case(REFUSE_WITHDRAWAL, saver, "20", people)
    request = made.asked(people[0])
    approve_withdrawal(withdrawal_id=made.money.pk, decided_by=people[0].pk, now=TOMORROW)
    with pytest.raises(WrongState):
        approved(request, people[1], at=TOMORROW)
    assert made.state == "approved"


@pytest.mark.parametrize("shut", [{"frozen_at": TOMORROW}, {"closed_at": TOMORROW}])
def test_a_shut_accounts_withdrawal_is_completed_together_only(
    saver: Customer, people: list[User], shut: dict[str, object]
) -> None:
    made = case(COMPLETE_WITHDRAWAL, saver, "20", people)
    User.objects.filter(pk=saver.id).update(is_active=False, **shut)
    with pytest.raises(SecondApprovalRequired):
        made.alone(people[0])
    approved(made.asked(people[0]), people[1], at=TOMORROW)
    assert made.state == "done"
    assert_the_ledger_balances()
