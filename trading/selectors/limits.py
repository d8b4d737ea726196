"""A person's limits, each with its use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.domain.limits.own_limits import Limit, LimitKind, Usage, left, resets_at
from accounts.selectors.ledger.wallets import wallets_of
from accounts.selectors.limits.deposits_counted import paid_in
from accounts.selectors.limits.own_limits import OwnLimit, own_limits
from trading.selectors.limit_usage import usage_by_wallet
from trading.selectors.orders.day_sums import WalletRef

NO_USAGE = Usage({}, {})


@dataclass(frozen=True, slots=True)
class LimitStanding:
    """A limit in force. `used` is None for a limit on a single stake: it isn't used up. A session's is in minutes."""

    limit: Limit
    used: Decimal | None
    resets_at: datetime | None
    next_from: datetime | None
    next_amount: Decimal | None
    """With `next_from`: the limit from then on, None for no limit."""

    @property
    def left(self) -> Decimal | None:
        return None if self.used is None else left(self.limit.amount, self.used)


def limits_standing(user_id: int, *, session_started_at: datetime | None, now: datetime) -> list[LimitStanding]:
    """A person's limits in force with the use of each; the session's limit counts this session."""
    own = own_limits(user_id, now=now)
    wallets = {(wallet.currency, wallet.demo): wallet for wallet in wallets_of(user_id)}
    refs = {
        WalletRef(wallet.id, user_id): [_limit(o) for o in own if (o.currency, o.demo) == which]
        for which, wallet in wallets.items()
    }
    usage = usage_by_wallet(refs, now=now)
    deposited = _deposited(user_id, own, now)

    def used(limit: Limit) -> Decimal | None:
        wallet = wallets.get((limit.currency, limit.demo))
        match limit.kind:
            case LimitKind.STAKE:
                return None
            case LimitKind.SESSION:
                return _minutes(session_started_at, now)
            case LimitKind.DEPOSIT:
                return deposited[limit.currency, limit.period_days]
            case LimitKind.BALANCE:
                return wallet.balance if wallet else Decimal(0)
            case _:
                return (usage.get(wallet.id, NO_USAGE) if wallet else NO_USAGE).of(limit)

    return [_standing(each, used(_limit(each)), now) for each in own]


def _standing(own: OwnLimit, used: Decimal | None, now: datetime) -> LimitStanding:
    resets = resets_at(now) if own.period_days else None
    return LimitStanding(_limit(own), used, resets, own.setting.next_from, own.setting.next_amount)


def _limit(own: OwnLimit) -> Limit:
    return Limit(own.kind, own.currency, own.demo, own.period_days, own.setting.amount or Decimal(0))


def _minutes(since: datetime | None, now: datetime) -> Decimal | None:
    return None if since is None else Decimal(int((now - since).total_seconds()) // 60)


def _deposited(user_id: int, own: Sequence[OwnLimit], now: datetime) -> dict[tuple[str, int], Decimal]:
    periods: dict[str, list[int]] = {}
    for limit in own:
        if limit.kind is LimitKind.DEPOSIT:
            periods.setdefault(limit.currency, []).append(limit.period_days)
    return {
        (currency, days): amount
        for currency, each in periods.items()
        for days, amount in paid_in(user_id, currency, each, now=now).items()
    }
