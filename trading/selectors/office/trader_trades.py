"""A slice of a trader's history, for staff."""

from uuid import UUID

from accounts.selectors.slices import newest
from trading.models import FlashTrade


def trades_of_trader(user_id: int, *, upto: UUID | None, limit: int) -> list[FlashTrade]:
    """Returns a person's trades, newest first; with `upto`, from the trade with this id on."""
    rows = FlashTrade.objects.filter(user_id=user_id).select_related("instrument", "correction")
    return newest(rows, upto, limit)
