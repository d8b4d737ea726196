"""The decisions of staff on a person's deposit or withdrawal: the deciders, the amounts, and the second person.

Nobody takes any of them on their own money, and nobody asks for one on it. Other moves of money by staff (adjustments,
bonuses, voids) are never taken alone: `accounts.approval_actions` names them.
"""

from dataclasses import dataclass
from datetime import timedelta

DAY = timedelta(hours=24)
"""Any 24 hours: a day that begins at midnight would allow the bound twice within a minute."""


@dataclass(frozen=True, slots=True)
class StaffDecision:
    """One kind of decision. `alone` is the permission to take it as one person, below the terms' bound.

    From the bound on, `together` names the action with four eyes that takes it. Without `alone`, that action is the
    only way, for every amount.
    """

    together: str
    alone: str = ""
    approvals_needed: int = 1
    """The people who must approve `together`, besides its requester."""

    sums_up: bool = False
    """Whether the person's amounts of the last day (`DAY`) count against the bound together."""


CREDIT_DEPOSIT = StaffDecision("large_deposit", alone="decide_deposit")
REFUSE_DEPOSIT = StaffDecision("refuse_large_deposit", alone="decide_deposit")
APPROVE_WITHDRAWAL = StaffDecision("large_withdrawal", alone="decide_withdrawal", sums_up=True)
"""Many amounts just below the bound are one amount above it."""

REFUSE_WITHDRAWAL = StaffDecision("refuse_large_withdrawal", alone="decide_withdrawal")
"""Only in review: an approved withdrawal may have been paid already."""

COMPLETE_WITHDRAWAL = StaffDecision("complete_large_withdrawal", alone="complete_withdrawal")
"""Never alone while the account is frozen or closed."""

FAIL_WITHDRAWAL = StaffDecision("fail_withdrawal", approvals_needed=2)
"""Gives the money of an approved withdrawal back. If it was paid after all, it would be paid twice."""

STAFF_DECISIONS = (
    CREDIT_DEPOSIT,
    REFUSE_DEPOSIT,
    APPROVE_WITHDRAWAL,
    REFUSE_WITHDRAWAL,
    COMPLETE_WITHDRAWAL,
    FAIL_WITHDRAWAL,
)
