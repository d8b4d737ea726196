from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from accounts.domain.channels import user_topic
from accounts.publish import listened_to
from accounts.selectors.ledger.wallets import wallets_by_id
from trading.domain.channels import Channel, Kind
from trading.publish import publish_trades
from trading.selectors.trades import trades_by_id


class Change(NamedTuple):
    """A trade that has just changed, with its owner and wallet."""

    trade_id: UUID
    user_id: int
    wallet_id: int


def publish_changes(changes: Sequence[Change]) -> None:
    """Publish the present state of trades and wallets to the owners that listen. Call it after the commit."""
    topics = {user_id: user_topic(user_id) for user_id in {change.user_id for change in changes}}
    listening = listened_to(topics.values())
    heard = [change for change in changes if topics[change.user_id] in listening]
    if not heard:
        return
    orders = {change.user_id: Channel(Kind.ORDERS).topic(change.user_id) for change in heard}
    programs = listened_to(orders.values())
    publish_trades(
        trades_by_id(change.trade_id for change in heard),
        wallets_by_id({change.wallet_id for change in heard}),
        with_orders_of={user_id for user_id, topic in orders.items() if topic in programs},
    )
