"""Several members of staff decide at the very same moment: the action happens once."""

from collections import Counter
from functools import partial
from uuid import UUID

import pytest

from accounts.domain.approvals.requests import Decision, DuplicateRequest, RequestEnded, Role
from accounts.models import ApprovalDecision, ApprovalRequest, Transfer, User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, Person, person, standing
from accounts.tests.staff import staff_member
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def ask(by: User, of: Person, amount: str) -> UUID:
    return request_approval(
        action="adjust_balance",
        subject=f"wallet:{of.wallet.id}",
        arguments={"amount": amount},
        reason="because",
        requested_by=by.pk,
        now=NOON,
    ).id


def decide(id: UUID, by: User, decision: Decision = Decision.APPROVE) -> ApprovalRequest:
    return decide_request(request_id=id, decision=decision, reason="seen", decided_by=by.pk, clock=standing(NOON))


@pytest.mark.parametrize("refusers", [0, 4])
def test_eight_deciders_at_once_end_a_request_once(fay: User, alice: Person, refusers: int) -> None:
    risk = [staff_member(f"risk{n}", Role.RISK) for n in range(8)]
    id = ask(fay, alice, "-100")
    decisions = [Decision.REFUSE] * refusers + [Decision.APPROVE] * (8 - refusers)
    results = at_once([partial(decide, id, person, how) for person, how in zip(risk, decisions, strict=True)])

    assert Counter(type(result) for result in results) == {ApprovalRequest: 1, RequestEnded: 7}
    executed = ApprovalRequest.objects.get().state == "executed"
    assert executed or refusers
    assert (
        Transfer.objects.filter(kind="adjustment").count()
        == ApprovalDecision.objects.filter(decision="approve").count()
        == int(executed)
    )
    assert alice.wallet.balance == (9900 if executed else 10000)
    assert_the_ledger_balances()


@pytest.mark.refusals
def test_the_same_request_eight_times_at_once_waits_once(fay: User, alice: Person) -> None:
    results = at_once([partial(ask, fay, alice, "1") for _ in range(8)])
    assert Counter(type(result) for result in results) == {UUID: 1, DuplicateRequest: 7}


def test_adjustments_and_orders_at_once_never_overdraw(fay: User, rick: User, rosa: User, alice: Person) -> None:
    """Parallel adjustments of both signs ask for more money than the wallet has."""
    people = [alice, *(person(f"t{n}") for n in range(3))]
    ids = [ask(fay, person, amount) for person, amount in zip(people, ["-9999", "5", "-10000", "-1"], strict=True)]
    at_once([partial(decide, id, by) for id in ids for by in (rick, rosa)])
    assert [person.wallet.balance for person in people] == [1, 10005, 0, 9999]
    assert_the_ledger_balances()
