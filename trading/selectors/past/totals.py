"""The totals of a person's trades under a filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from trading.models import FlashTrade
from trading.selectors.trades import TradeFilter

COUNTED_MAX = 10_000
"""The newest trades that are added up: so a page costs the same, however many trades there are."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of one book and currency: settled and unsettled trades, won ones, stakes, and the result.

    `result` is what the trades have brought: profits less losses, and what voids gave back or took.
    """

    demo: bool
    currency: str
    trades: int
    won: int
    staked: Decimal
    result: Decimal


SUMS = """
    SELECT demo, currency, count(*), count(*) FILTER (WHERE outcome = 'won'), sum(stake), sum(brought)
    FROM ({newest}) AS newest GROUP BY demo, currency ORDER BY demo, currency
"""


def totals_of(user_id: int, wanted: TradeFilter) -> Sequence[Totals]:
    """The totals of the newest COUNTED_MAX of these trades, real money first. They stand beside the newest trades."""
    brought = Coalesce(F("profit"), Value(Decimal(0))) + Coalesce(F("correction__amount"), Value(Decimal(0)))
    mine = FlashTrade.objects.filter(user_id=user_id, **wanted.facts).order_by("-id")
    newest = mine.values("demo", "currency", "outcome", "stake", brought=brought)[:COUNTED_MAX]
    statement, params = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(newest=statement), params)
        return [Totals(*row) for row in cursor.fetchall()]
