"""Deposits and withdrawals of real money: the states they go through."""

from datetime import timedelta
from enum import StrEnum

BENEFICIARY_DELAY = timedelta(hours=24)
"""How long a new beneficiary waits before money may go there: time for its owner to notice a theft."""


class DepositState(StrEnum):
    """REQUESTED: waits for the payment; REVIEW: payment is said to be made, staff look; then it ends."""

    REQUESTED = "requested"
    REVIEW = "review"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class WithdrawalState(StrEnum):
    """REVIEW: reserved, staff look; APPROVED: to be paid out; then it ends. The trader may cancel while in REVIEW."""

    REVIEW = "review"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


DEPOSIT_ENDS = (DepositState.DONE, DepositState.REFUSED, DepositState.EXPIRED)
WITHDRAWAL_ENDS = (WithdrawalState.DONE, WithdrawalState.REFUSED, WithdrawalState.CANCELLED)
