"""Finds trades by the beginning of their ids."""

from accounts.domain.notation import id_range
from trading.models import FlashTrade


def trades_found(text: str, *, limit: int) -> list[FlashTrade]:
    """Returns trades whose id begins so, the newest first: a range of the primary key."""
    span = id_range(text)
    if span is None:
        return []
    rows = FlashTrade.objects.select_related("instrument", "user").filter(pk__range=span)
    return list(rows.order_by("-pk")[:limit])
