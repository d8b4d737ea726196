from collections.abc import Iterable

from accounts.domain.errors import Refusal
from accounts.publish import listened_to
from trading.domain.channels import Channel, Kind
from trading.domain.orders import Order
from trading.publish import publish_refused


def publish_refusals(refused: Iterable[tuple[Order, Refusal]]) -> None:
    """Tell programs that listen for their orders which a rule has refused. Nothing was stored: there is no commit to
    wait for.
    """
    told = list(refused)
    if not told:
        return
    orders = Channel(Kind.ORDERS)
    listening = listened_to({orders.topic(order.user_id) for order, _ in told})
    publish_refused((order, refusal) for order, refusal in told if orders.topic(order.user_id) in listening)
