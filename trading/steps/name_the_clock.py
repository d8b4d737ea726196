from datetime import datetime

from trading.domain.errors import StalePrice
from trading.selectors.clock import is_of_the_future


def name_the_clock(stale: StalePrice, now: datetime) -> StalePrice:
    """The refusal, with the reason `clock-ahead` if the prices are fresh and this server's clock is wrong."""
    if stale.extra.get("reason") == "no-price" and is_of_the_future(now):
        priced_at = stale.extra["priced_at"]
        return StalePrice("This server's clock is ahead of the database's", priced_at=priced_at, reason="clock-ahead")
    return stale
