"""Voids trades, with the staff that a void needs: for the tests."""

from datetime import timedelta
from uuid import UUID

from accounts.domain.approvals.requests import Decision, Role
from accounts.models import ApprovalRequest, User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.tests.cast import NOON, standing
from accounts.tests.staff import staff_member
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage

LATER = NOON + timedelta(hours=1)


def settled(stage: Stage, exit_price: str, *, start: timedelta = timedelta()) -> None:
    """Settle the orders of noon (and `start`) for 60 seconds: entry at 60000.00, exit at this price."""
    stage.price(NOON + start + timedelta(seconds=1), "60000.00")
    stage.price(NOON + start + timedelta(seconds=61), exit_price)
    settle_due_trades(instrument=stage.instrument.symbol, now=NOON + start + timedelta(seconds=61))


class Staff:
    """Sue asks, rick and rosa approve."""

    def __init__(self) -> None:
        self.sue = staff_member("sue", Role.SUPPORT)
        self.approvers = [staff_member(name, Role.RISK) for name in ("rick", "rosa")]

    def ask(self, trade_id: UUID, by: User | None = None) -> UUID:
        return request_approval(
            action="void_trade",
            subject=f"trade:{trade_id}",
            arguments={},
            reason="a venue erred",
            requested_by=(by or self.sue).pk,
            now=LATER,
        ).id

    def approve(self, request_id: UUID, by: User) -> ApprovalRequest:
        return decide_request(
            request_id=request_id, decision=Decision.APPROVE, reason="", decided_by=by.pk, clock=standing(LATER)
        )

    def void(self, trade_id: UUID) -> ApprovalRequest:
        """The whole void: one person asks, two approve."""
        id = self.ask(trade_id)
        for approver in self.approvers:
            request = self.approve(id, approver)
        return request
