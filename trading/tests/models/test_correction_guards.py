"""The database refuses a void by one person, a second void, a void of another amount, and the return of a void."""

from uuid import UUID, uuid4

import pytest
from django.db import transaction

from accounts.models import ApprovalRequest, User
from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from trading.tests.cast import Stage, Trader
from trading.tests.voids import LATER, settled

INSERT = """INSERT INTO trade_corrections (trade_id, request_id, reason, amount, corrected_at)
            VALUES (%s, %s, %s, %s, %s)"""


@pytest.fixture
def trade(stage: Stage, alice: Trader) -> UUID:
    id = alice.place().pk
    settled(stage, "60001.00")
    return id


def approved(subject: str, *, needed: int = 2, action: str = "void_trade") -> UUID:
    """An executed request with as many approvals as it needed."""
    people = [User.objects.create_user(f"{uuid4()}@example.com", locale="en").pk for _ in range(needed + 1)]
    id = ApprovalRequest.objects.create(
        id=uuid4(),
        action=action,
        subject=subject,
        reason="because",
        approvals_needed=needed,
        requested_by_id=people[0],
        requested_at=NOON,
        expires_at=LATER,
    ).pk
    for person in people[1:]:
        run_sql(
            "INSERT INTO approval_decisions (request_id, decision, reason, decided_by_id, decided_at)"
            " VALUES (%s, 'approve', '', %s, %s)",
            id,
            person,
            NOON,
        )
    run_sql("UPDATE approval_requests SET state = 'executed', ended_at = %s WHERE id = %s", NOON, id)
    return id


def void(trade: UUID, request: UUID, amount: str = "-85", reason: str = "because") -> None:
    with transaction.atomic():
        run_sql(INSERT, trade, request, reason, amount, NOON)
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET CONSTRAINTS ALL DEFERRED")


def test_a_correction_needs_a_request_for_this_trade_that_two_approved(trade: UUID) -> None:
    subject = f"trade:{trade}"
    wrong = [
        approved(subject, needed=1),
        approved(f"trade:{uuid4()}"),
        approved(subject, action="adjust_balance"),
    ]
    for request in wrong:
        with refused("corrections_need_two_approvals"):
            void(trade, request)
    request = approved(subject)
    with refused("corrections_need_two_approvals"):
        void(trade, request, reason="another")
    void(trade, request)


def test_a_correction_gives_back_exactly_what_was_moved(trade: UUID) -> None:
    request = approved(f"trade:{trade}")
    for amount in ("-84.99", "85", "-86"):
        with refused("corrections_give_back_what_was_moved"):
            void(trade, request, amount)
    for amount in ("0", "NaN"):
        with refused("a_correction_moves_money"):
            void(trade, request, amount)


def test_a_running_trade_has_no_correction(stage: Stage, alice: Trader) -> None:
    id = alice.place().pk
    with refused("corrections_give_back_what_was_moved"):
        void(id, approved(f"trade:{id}"))


def test_a_trade_is_voided_once_and_for_ever(trade: UUID) -> None:
    void(trade, approved(f"trade:{trade}"))
    with refused("trade_corrections_pkey"):
        void(trade, approved(f"trade:{trade}"))
    for statement in ("DELETE FROM trade_corrections", "UPDATE trade_corrections SET reason = 'another'"):
        with refused("corrections_are_for_ever"):
            run_sql(statement)
