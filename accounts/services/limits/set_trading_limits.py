from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import Setting
from accounts.models import TradingLimit
from accounts.steps.lock_person import lock_person


def set_trading_limits(*, user_id: int, changes: Sequence[LimitChange], now: datetime) -> None:
    """Change a person's own limits, all together: a lower one acts at once, a higher one after a day.

    See `Setting.change`. Orders, deposits and top-ups that commit afterwards obey the change. `read_limit_changes`
    checks the input.
    """
    with transaction.atomic(durable=True):
        lock_person(user_id)
        for change in changes:
            set_limit(user_id, change, now)


def set_limit(user_id: int, change: LimitChange, now: datetime) -> Setting:
    """Change and return one limit of a person who is locked (`lock_person`), in the caller's transaction."""
    which = {"kind": change.kind, "currency": change.currency, "demo": change.demo, "period_days": change.period_days}
    row = TradingLimit.objects.filter(user_id=user_id, **which).first()
    if row is None and change.amount is None:
        return Setting()
    row = row or TradingLimit(user_id=user_id, changed_at=now, **which)
    # Another change, made while this one waited for the lock, may have read its clock later.
    at = max(now, row.changed_at)
    before = row.setting
    after = before.change(change.amount, at)
    if not row.pk or after != before:
        row.amount, row.next_amount, row.next_from, row.changed_at = (
            after.amount,
            after.next_amount,
            after.next_from,
            at,
        )
        row.save()
    return after
