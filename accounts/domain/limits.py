"""Responsible trading: the bounds that traders set themselves."""

from datetime import timedelta
from enum import StrEnum

RAISE_DELAY = timedelta(hours=24)
"""A raised limit waits this long; a lowered one acts at once."""

TIME_OUT_MAX = timedelta(weeks=6)
SELF_EXCLUSION_MONTHS = (6, 60)
"""The shortest and the longest self-exclusion."""

PERIODS_DAYS = (1, 7, 30)


class LimitKind(StrEnum):
    """STAKE, OPEN_TRADES and BALANCE hold at any moment, SESSION in minutes; the others over a period of days."""

    STAKE = "stake"
    LOSS = "loss"
    TURNOVER = "turnover"
    DEPOSIT = "deposit"
    OPEN_TRADES = "open_trades"
    BALANCE = "balance"
    SESSION = "session"


PERIODIC = (LimitKind.LOSS, LimitKind.TURNOVER, LimitKind.DEPOSIT)


class ExclusionKind(StrEnum):
    TIME_OUT = "time_out"
    SELF_EXCLUSION = "self_exclusion"
