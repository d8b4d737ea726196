"""The JSON shape of this room's things, the same over REST and WebSocket."""

from accounts.domain.money import write_money
from accounts.selectors import Wallet


def wallet(wallet: Wallet) -> dict[str, object]:
    """A wallet as programs see it; amounts are strings at the currency's scale."""
    return {
        "id": wallet.id,
        "currency": wallet.currency,
        "demo": wallet.demo,
        "balance": write_money(wallet.balance, wallet.currency),
        "held": write_money(wallet.held, wallet.currency),
        "available": write_money(wallet.available, wallet.currency),
        "revision": wallet.revision,
    }
