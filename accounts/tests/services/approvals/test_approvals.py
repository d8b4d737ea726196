"""One person asks, another decides: the rules, tested on the adjustment of a balance."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from accounts.approval_actions import Action, action_named, register
from accounts.domain.approvals.requests import (
    REQUEST_LIFE,
    AlreadyDecided,
    Decision,
    DuplicateRequest,
    NotPermitted,
    OwnRequest,
    RequestEnded,
    Role,
)
from accounts.domain.errors import InsufficientFunds, InvalidInput, NotFound
from accounts.models import ApprovalDecision, ApprovalRequest, User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.expire_requests import expire_requests
from accounts.services.approvals.request_approval import request_approval
from accounts.services.approvals.take_back_request import take_back_request
from accounts.tests.cast import NOON, PASSWORD, Person, standing
from accounts.tests.staff import staff_member

SOON = NOON + timedelta(minutes=5)
pytestmark = pytest.mark.django_db(transaction=True)


def ask(by: User, trader: Person, amount: str = "-100", reason: str = "paid twice", at: datetime = NOON) -> UUID:
    return request_approval(
        action="adjust_balance",
        subject=f"wallet:{trader.wallet.id}",
        arguments={"amount": amount},
        reason=reason,
        requested_by=by.pk,
        now=at,
    ).id


def decide(
    id: UUID, by: User, decision: Decision = Decision.APPROVE, reason: str = "checked", at: datetime = SOON
) -> ApprovalRequest:
    return decide_request(request_id=id, decision=decision, reason=reason, decided_by=by.pk, clock=standing(at))


def state_of(id: UUID) -> str:
    return ApprovalRequest.objects.get(pk=id).state


def test_nothing_happens_until_another_person_approves(fay: User, rick: User, alice: Person) -> None:
    id = ask(fay, alice)
    assert (state_of(id), str(alice.wallet.balance)) == ("pending", "10000.00000000")
    decide(id, rick)
    assert (state_of(id), str(alice.wallet.balance)) == ("executed", "9900.00000000")


def test_a_refused_request_does_nothing_and_says_why(fay: User, rick: User, alice: Person) -> None:
    id = ask(fay, alice)
    with pytest.raises(InvalidInput):
        decide(id, rick, Decision.REFUSE, reason=" ")
    decide(id, rick, Decision.REFUSE, reason="no proof")
    assert (state_of(id), alice.wallet.balance) == ("refused", 10000)
    assert ApprovalDecision.objects.get().reason == "no proof"


def test_nobody_approves_their_own_request_in_any_role(rick: User, alice: Person) -> None:
    both = staff_member("both", Role.FINANCE, Role.RISK)
    root = User.objects.create_superuser("root@example.com", PASSWORD, locale="en")
    for person in (both, root):
        id = ask(person, alice)
        for decision in Decision:
            with pytest.raises(OwnRequest):
                decide(id, person, decision)
        assert state_of(id) == "pending"
        decide(id, rick, Decision.REFUSE)


def test_roles_bound_who_asks_and_who_decides(fay: User, rick: User, alice: Person) -> None:
    auditor = staff_member("ada", Role.AUDITOR)
    for person in (rick, auditor, alice.user):
        with pytest.raises(NotPermitted):
            ask(person, alice)
    id = ask(fay, alice)
    for person in (auditor, alice.user):
        with pytest.raises(NotPermitted):
            decide(id, person)
    User.objects.filter(pk=rick.pk).update(is_active=False, frozen_at=NOON)
    with pytest.raises(NotPermitted):
        decide(id, rick)


def test_a_person_who_is_no_longer_staff_decides_nothing(fay: User, rick: User, alice: Person) -> None:
    id = ask(fay, alice)
    User.objects.filter(pk=rick.pk).update(is_staff=False)
    with pytest.raises(NotPermitted):
        decide(id, rick)


def test_the_same_request_waits_only_once(fay: User, rick: User, alice: Person, bob: Person) -> None:
    first = ask(fay, alice)
    with pytest.raises(DuplicateRequest):
        ask(fay, alice, amount="-5")
    ask(fay, bob)
    decide(first, rick)
    ask(fay, alice)


def test_an_ended_request_stays_as_it_ended(fay: User, rick: User, rosa: User, alice: Person) -> None:
    id = ask(fay, alice)
    decide(id, rick)
    with pytest.raises(AlreadyDecided):
        decide(id, rick, Decision.REFUSE)
    with pytest.raises(RequestEnded):
        decide(id, rosa)
    with pytest.raises(RequestEnded):
        take_back_request(request_id=id, taken_back_by=fay.pk, now=SOON)
    assert alice.wallet.balance == 9900


def test_only_its_requester_withdraws_a_request(fay: User, rick: User, alice: Person) -> None:
    id = ask(fay, alice)
    with pytest.raises(NotPermitted):
        take_back_request(request_id=id, taken_back_by=rick.pk, now=SOON)
    take_back_request(request_id=id, taken_back_by=fay.pk, now=SOON)
    assert state_of(id) == "withdrawn"
    with pytest.raises(RequestEnded):
        decide(id, rick)


def test_time_ends_a_request_before_any_task_has_run(fay: User, rick: User, alice: Person) -> None:
    id = ask(fay, alice)
    with pytest.raises(RequestEnded):
        decide(id, rick, at=NOON + REQUEST_LIFE)
    assert expire_requests(now=NOON + REQUEST_LIFE - timedelta(seconds=1)) == 0
    assert expire_requests(now=NOON + REQUEST_LIFE) == 1
    assert (state_of(id), expire_requests(now=NOON + REQUEST_LIFE)) == ("expired", 0)


def test_an_overdue_request_is_no_duplicate(fay: User, alice: Person) -> None:
    first = ask(fay, alice)
    ask(fay, alice, at=NOON + REQUEST_LIFE)
    assert state_of(first) == "expired"


def test_what_the_action_refuses_leaves_the_request_undecided(fay: User, rick: User, alice: Person) -> None:
    id = ask(fay, alice, amount="-10000.01")
    with pytest.raises(InsufficientFunds):
        decide(id, rick)
    assert (state_of(id), ApprovalDecision.objects.count(), alice.wallet.balance) == ("pending", 0, 10000)


def test_what_does_not_exist_is_not_found(fay: User, rick: User, alice: Person) -> None:
    with pytest.raises(NotFound):
        decide(uuid4(), rick)
    with pytest.raises(NotFound):
        request_approval(action="set_price", subject="x", arguments={}, reason="because", requested_by=fay.pk, now=NOON)


@pytest.mark.parametrize("reason", ["", "\u200b", "\u2060 \u202e", "  \n", "a\0b", "\ud800", "x" * 1001])
def test_a_reason_is_text_that_says_something(fay: User, alice: Person, reason: str) -> None:
    with pytest.raises(InvalidInput):
        ask(fay, alice, reason=reason)


@pytest.mark.parametrize("amount", ["NaN", "1e400", "1_0", "1 0", "0", "", "0.001", "1000000001", None, True, "--1"])
def test_an_adjustment_is_a_plain_amount(fay: User, alice: Person, amount: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        request_approval(
            action="adjust_balance",
            subject=f"wallet:{alice.wallet.id}",
            arguments={"amount": amount},
            reason="because",
            requested_by=fay.pk,
            now=NOON,
        )
    assert [fault.field for fault in caught.value.fields] == ["amount"]


@pytest.mark.parametrize(
    "subject", ["", "wallet:", "wallet:0", "wallet:x", "user:1", "wallet:" + "9" * 40, "wallet:１"]
)
def test_an_adjustment_is_of_a_wallet_that_exists(fay: User, subject: str) -> None:
    with pytest.raises(NotFound):
        request_approval(
            action="adjust_balance",
            subject=subject,
            arguments={"amount": "1"},
            reason="because",
            requested_by=fay.pk,
            now=NOON,
        )


def test_an_action_is_registered_once() -> None:
    known = action_named("adjust_balance")
    register(known)
    other = Action(
        name=known.name,
        title="",
        read_arguments=known.read_arguments,
        execute=known.execute,
        describe=known.describe,
        owner=known.owner,
        requesters=(),
        approvers=(),
    )
    with pytest.raises(ValueError, match="adjust_balance"):
        register(other)
