"""Changes payouts for tests."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.tests.cast import NOON
from trading.domain.payouts import NOTICE, Payouts
from trading.models import PayoutVersion
from trading.services.instruments.change_payout import change_payout
from trading.tests.cast import SYMBOL


def pay(rate: str = "0.85", *, at: datetime = NOON, symbol: str = SYMBOL, **change: Any) -> PayoutVersion:
    """Make a version that is in force at `at`, as late as possible."""
    staff, _made = User.objects.get_or_create(email="staff@example.com", defaults={"is_staff": True})
    payouts = Payouts(version=0, rate=Decimal(rate), **change)
    return change_payout(symbol=symbol, payouts=payouts, reason="the market", made_by=staff.pk, now=at - NOTICE)


SKEWED: dict[str, Any] = {"rate_skew_max": Decimal("0.05"), "rate_skew_scale": Decimal(1000)}
"""5 points at an imbalance of 1,000."""

SECOND = timedelta(seconds=1)
