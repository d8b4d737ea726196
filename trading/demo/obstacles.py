"""Whether a demo's past may be made in this database."""

from datetime import datetime

from accounts.selectors.ledger.wallets import any_real_wallet
from trading.models import FlashTrade, PriceHead


def obstacle(*, begin: datetime) -> str | None:
    """The reason against it, in words; None if there is none."""
    if any_real_wallet():
        return "this database has wallets of real money: a demo must not stand beside them"
    if FlashTrade.objects.exists():
        return "this database has trades already: begin with an empty one"
    newest = PriceHead.objects.order_by("-priced_at").first()
    if newest is not None and newest.priced_at >= begin:
        return f"prices are recorded up to {newest.priced_at:%Y-%m-%d %H:%M:%S} UTC, and nothing comes before them"
    return None
