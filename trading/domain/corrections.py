"""Corrections (rule 10): a void, the only one, moves back the money of a settled trade and changes nothing else."""

from decimal import Decimal

from accounts.domain.errors import Refusal, mark


class TradeNotSettled(Refusal):
    code, status = "trade-not-settled", 409
    title = mark("The trade hasn't settled yet")


class TradeCorrected(Refusal):
    code, status = "trade-corrected", 409
    title = mark("The trade has been voided already")


class NothingToVoid(Refusal):
    code, status = "nothing-to-void", 409
    title = mark("The trade moved no money")


def amount_returned(profit: Decimal) -> Decimal:
    """The amount that a void gives the wallet: a lost stake back, or a win's gain, negative.

    Raises NothingToVoid for a profit of 0.
    """
    if profit == 0:
        raise NothingToVoid
    return -profit
