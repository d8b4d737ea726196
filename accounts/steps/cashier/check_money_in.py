from datetime import datetime
from decimal import Decimal

from accounts.domain.limits.own_limits import LimitKind
from accounts.selectors.limits.deposits_counted import open_deposits, paid_in
from accounts.selectors.limits.restrictions import restrictions_on


def check_money_in(
    *, user_id: int, currency: str, demo: bool, balance: Decimal, amount: Decimal, now: datetime
) -> None:
    """Check that a person may bring this amount into this wallet now: a deposit (real) or a demo top-up.

    Call it inside the transaction that takes the money or the request in, after the wallet is locked. `balance` is the
    wallet's whole balance then, stakes included; `amount` is the payment, fee included.
    Raises AccountClosed, AccountFrozen, SelfExcluded, TimedOut or LimitReached (deposit or balance).
    """
    restrictions = restrictions_on(user_id, now=now)
    restrictions.check_admitted()
    for limit in restrictions.of_wallet(currency, demo):
        if limit.kind is LimitKind.DEPOSIT:
            used = paid_in(user_id, currency, [limit.period_days], now=now)[limit.period_days]
            limit.check(used=used, more=amount, now=now)
        elif limit.kind is LimitKind.BALANCE:
            on_its_way = Decimal(0) if demo else open_deposits(user_id, currency)
            limit.check(used=balance + on_its_way, more=amount, now=now)
