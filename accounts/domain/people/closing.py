"""Closing an account: the obstacles that its owner must remove first."""

from enum import StrEnum

from accounts.domain.errors import Refusal, mark


class Obstacle(StrEnum):
    """A reason why an account can't be closed. MONEY_HELD: trades or withdrawals under way; REAL_MONEY: money left."""

    MONEY_HELD = "money-held"
    REAL_MONEY = "real-money"
    PAYMENTS = "payments"


class AccountInUse(Refusal):
    code, status = "account-in-use", 409
    title = mark("This account can't be closed yet")
