"""Closing an account, by its owner: what must be settled first."""

from enum import StrEnum

from accounts.domain.errors import Refusal, mark


class Obstacle(StrEnum):
    """What keeps an account open. MONEY_HELD: trades or withdrawals under way; REAL_MONEY: money to be taken out."""

    MONEY_HELD = "money-held"
    REAL_MONEY = "real-money"
    PAYMENTS = "payments"


class AccountInUse(Refusal):
    code, status = "account-in-use", 409
    title = mark("This account can't be closed yet")
