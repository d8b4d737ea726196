"""The database enforces four eyes, against every user and every program."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from accounts.domain.approvals.requests import RequestState
from accounts.models import ApprovalRequest, User
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql

DECIDE = """INSERT INTO approval_decisions (request_id, decision, reason, decided_by_id, decided_at)
            VALUES (%s, %s, %s, %s, %s)"""
END = "UPDATE approval_requests SET state = %s, ended_at = %s WHERE id = %s"
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[int]:
    return [User.objects.create_user(f"s{n}@example.com", locale="en", is_staff=True).pk for n in range(4)]


def waiting(requester: int, needed: int = 2) -> UUID:
    return ApprovalRequest.objects.create(
        id=uuid4(),
        action="adjust_balance",
        subject="wallet:1",
        arguments={"amount": "1"},
        reason="because",
        approvals_needed=needed,
        requested_by_id=requester,
        requested_at=NOON,
        expires_at=NOON + timedelta(days=3),
    ).pk


def decide(id: UUID, by: int, decision: str = "approve", reason: str = "") -> int:
    return run_sql(DECIDE, id, decision, reason, by, NOON)


def test_a_request_is_executed_only_with_enough_approvals(people: list[int]) -> None:
    id = waiting(people[0], needed=2)
    for approvals in range(2):
        with refused("requests_end_by_decisions"):
            run_sql(END, "executed", NOON, id)
        decide(id, people[1 + approvals])
    assert run_sql(END, "executed", NOON, id) == 1


def test_a_refusal_outweighs_all_approvals(people: list[int]) -> None:
    id = waiting(people[0])
    with refused("requests_end_by_decisions"):
        run_sql(END, "refused", NOON, id)
    decide(id, people[1])
    decide(id, people[2])
    decide(id, people[3], "refuse", "no")
    with refused("requests_end_by_decisions"):
        run_sql(END, "executed", NOON, id)
    assert run_sql(END, "refused", NOON, id) == 1


def test_a_request_expires_when_its_time_is_over(people: list[int]) -> None:
    id = waiting(people[0])
    with refused("requests_end_by_decisions"):
        run_sql(END, "expired", NOON, id)
    assert run_sql(END, "expired", NOON + timedelta(days=3), id) == 1


def test_nobody_decides_on_their_own_request(people: list[int]) -> None:
    id = waiting(people[0])
    with refused("somebody_else_decides"):
        decide(id, people[0])


def test_one_person_counts_once(people: list[int]) -> None:
    id = waiting(people[0])
    decide(id, people[1])
    with refused("one_decision_each"):
        decide(id, people[1])


def test_nobody_decides_on_what_has_ended(people: list[int]) -> None:
    id = waiting(people[0])
    with refused("decisions_are_on_waiting_requests"):
        run_sql(DECIDE, id, "approve", "", people[1], NOON + timedelta(days=3))
    run_sql(END, "withdrawn", NOON, id)
    with refused("decisions_are_on_waiting_requests"):
        decide(id, people[1])


def test_who_refuses_says_why(people: list[int]) -> None:
    id = waiting(people[0])
    with refused("who_refuses_says_why"):
        decide(id, people[1], "refuse", " ")


@pytest.mark.parametrize(
    "change",
    [
        "action = 'void_trade'",
        "subject = 'wallet:2'",
        """arguments = '{"amount": "1000000"}'""",
        "reason = 'another'",
        "approvals_needed = 1",
        "requested_by_id = requested_by_id + 1",
        "requested_at = now()",
        "expires_at = now()",
        "id = gen_random_uuid()",
    ],
)
def test_a_request_keeps_what_it_asks_for(people: list[int], change: str) -> None:
    waiting(people[0])
    with refused("requests_keep_what_they_ask"):
        run_sql(f"UPDATE approval_requests SET {change}")


def test_an_ended_request_stays_as_it_is(people: list[int]) -> None:
    id = waiting(people[0])
    run_sql(END, "withdrawn", NOON, id)
    for state in RequestState:
        with refused("requests_end_once"):
            run_sql(END, state, NOON, id)


def test_requests_and_decisions_are_kept(people: list[int]) -> None:
    id = waiting(people[0])
    decide(id, people[1])
    with refused("requests_are_kept"):
        run_sql("DELETE FROM approval_requests")
    for statement in ("DELETE FROM approval_decisions", "UPDATE approval_decisions SET decision = 'refuse'"):
        with refused("decisions_are_for_ever"):
            run_sql(statement)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "executed", "ended_at": NOON}, "requests_start_pending"),
        ({"approvals_needed": 0}, "somebody_else_approves"),
        ({"reason": " "}, "a_request_has_a_reason"),
        ({"ended_at": NOON}, "an_ended_request_says_when"),
    ],
)
def test_a_request_starts_well_formed(people: list[int], fields: dict[str, object], constraint: str) -> None:
    sound = ApprovalRequest.objects.get(pk=waiting(people[0]))
    sound.pk, sound.subject = uuid4(), "wallet:2"
    for name, value in fields.items():
        setattr(sound, name, value)
    with refused(constraint):
        sound.save(force_insert=True)


def test_the_same_request_waits_only_once(people: list[int]) -> None:
    waiting(people[0])
    with refused("one_pending_request_each"):
        waiting(people[1])
