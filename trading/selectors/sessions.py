"""The trades of a person since their sign-in, for the reality check."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Sum, Value
from django.db.models.functions import Coalesce

from accounts.domain.identity import first_id_at
from trading.models import FlashTrade

RESULT = F("profit") + Coalesce(F("correction__amount"), Value(Decimal(0)))
"""A trade that was voided after its end counts as 0."""


@dataclass(frozen=True, slots=True)
class SessionTrades:
    """The trades opened since then in one wallet: their number and stakes, and the net result of the settled ones."""

    currency: str
    demo: bool
    trades: int
    turnover: Decimal
    result: Decimal


def trades_since(user_id: int, since: datetime) -> list[SessionTrades]:
    """One entry per wallet with trades, real money first."""
    rows = (
        FlashTrade.objects.filter(user_id=user_id, id__gte=first_id_at(since))
        .values_list("currency", "demo")
        .annotate(trades=Count("pk"), turnover=Sum("stake"), result=Coalesce(Sum(RESULT), Decimal(0)))
        .order_by("demo", "currency")
    )
    return [SessionTrades(*row) for row in rows]
