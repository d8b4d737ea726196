from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction

from accounts.database_errors import constraint_of, message_of


@dataclass(frozen=True, slots=True)
class Pruned:
    """The result of a month: the number of prices that stay, and of those that were (or would be) removed."""

    month: date
    kept: int
    removed: int


class PruneRefused(Exception):
    """The database doesn't prune this month: `guard` names its reason; the text gives it to people."""

    def __init__(self, guard: str, text: str) -> None:
        super().__init__(text)
        self.guard = guard


def prune_prices(*, month: date, dry_run: bool = False) -> Pruned:
    """Remove a month's prices, except those that decided some trade and their neighbours. Candles stay.

    The database itself refuses a month that ended less than 30 days ago, or that has an unsettled trade, or a day with
    an unpublished digest. Only its function `prune_price_month` can delete a price at all. `dry_run` changes nothing.
    Raises PruneRefused.
    """
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # a month has millions of prices
            cursor.execute("SELECT kept, removed FROM prune_price_month(%s, %s)", [month, not dry_run])
            kept, removed = cursor.fetchone()
    except IntegrityError as error:
        guard = constraint_of(error)
        if guard is None:
            raise
        raise PruneRefused(guard, message_of(error)) from error
    return Pruned(month, kept, removed)
