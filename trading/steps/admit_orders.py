"""Checks that people may trade, and that their own limits leave room: for all orders of a transaction at once."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from accounts.domain.limits.own_limits import Limit, Usage, check_order
from accounts.domain.limits.restrictions import NO_RESTRICTIONS, Restrictions
from accounts.steps.lock_wallets import LockedWallet, WalletKey
from trading.domain.orders import Order
from trading.selectors.limit_usage import usage_by_wallet
from trading.selectors.orders.day_sums import WalletRef
from trading.steps.keep_day_sums import keep_day_sums

NO_USAGE = Usage({}, {})


class Admission:
    """The restrictions and limits after the wallets were locked, and their use by the orders accepted since then.

    No query, but for people who have limits that count trades up to two, together.
    """

    def __init__(
        self, wallets: Mapping[WalletKey, LockedWallet], restrictions: Mapping[int, Restrictions], now: datetime
    ) -> None:
        self.restrictions, self.now = restrictions, now
        self.limits: dict[int, tuple[Limit, ...]] = {}
        """The limits of each wallet that has any, by its id."""
        found: dict[WalletRef, tuple[Limit, ...]] = {}
        for (currency, demo, owner), wallet in wallets.items():
            limits = self.restrictions[owner].of_wallet(currency, demo)
            if limits:
                found[WalletRef(wallet.id, owner)] = self.limits[wallet.id] = limits
        self.usage = usage_by_wallet(found, now=now, summing=keep_day_sums)

    def check_person(self, order: Order) -> None:
        """Raises AccountClosed, AccountFrozen, SelfExcluded, TimedOut, TradingStopped or SessionLimitReached."""
        restrictions = self.restrictions.get(order.user_id, NO_RESTRICTIONS)
        restrictions.check_admitted()
        restrictions.check_key(order.api_key_id)
        restrictions.check_session(started_at=order.session_started_at, now=self.now)

    def check_stake(self, wallet: LockedWallet, stake: Decimal) -> None:
        """Raises LimitReached. A stake that passes counts against the next one."""
        limits = self.limits.get(wallet.id)
        if not limits:
            return
        usage = self.usage.get(wallet.id, NO_USAGE)
        check_order(limits, usage, stake=stake, balance=wallet.balance, now=self.now)
        if wallet.id in self.usage:
            usage.add(stake)
