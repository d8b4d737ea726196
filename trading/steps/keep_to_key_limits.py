"""Keeps orders to the limits of the API keys that sent them: for all orders of a transaction at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from accounts.domain.access.key_limits import KeyLimits, KeyUsage
from accounts.domain.limits.restrictions import Restrictions
from accounts.steps.lock_keys import lock_keys
from trading.domain.orders import Order
from trading.models import FlashTrade, KeyTrade
from trading.selectors.orders.key_usage import usage_of_keys


class KeyAllowances:
    """The limits of these orders' keys, and their use by the orders accepted since then.

    No query for keys without limits. Keys with limits are locked, after the wallets: two orders of a key may use
    wallets of two books.
    """

    def __init__(self, orders: Iterable[Order], restrictions: Mapping[int, Restrictions], now: datetime) -> None:
        self._limits: dict[int, KeyLimits] = {}
        owners = set()
        for order in orders:
            limits = _limits_of(order, restrictions)
            if order.api_key_id is not None and limits is not None:
                self._limits[order.api_key_id] = limits
                owners.add(order.user_id)
        self._usage: dict[int, KeyUsage] = {}
        self._kept: list[KeyTrade] = []
        if self._limits:
            lock_keys(self._limits)
            self._usage = usage_of_keys(self._limits, owners=owners, now=now)

    def check(self, order: Order, *, wallet_id: int, stake: Decimal) -> None:
        """Raises KeyLimitReached."""
        limits = self._limits.get(order.api_key_id or 0)
        if limits is not None and order.api_key_id is not None:
            limits.check(self._usage[order.api_key_id], wallet_id=wallet_id, stake=stake)

    def add(self, order: Order, trade: FlashTrade) -> None:
        """Count an accepted order against the next one of its key."""
        if order.api_key_id is not None and order.api_key_id in self._usage:
            self._usage[order.api_key_id].add(wallet_id=trade.wallet_id, stake=trade.stake)
            self._kept.append(KeyTrade(trade=trade, key_id=order.api_key_id, accepted_at=trade.accepted_at))

    def store(self) -> None:
        """Store which keys ordered the trades, when these are stored."""
        if self._kept:
            KeyTrade.objects.bulk_create(self._kept)


def _limits_of(order: Order, restrictions: Mapping[int, Restrictions]) -> KeyLimits | None:
    known = restrictions.get(order.user_id)
    return known.key_limits.get(order.api_key_id) if known and order.api_key_id is not None else None
