"""What the proof of a trade is made of."""

from trading.domain.proof import Span, spans
from trading.domain.rules import rules_of
from trading.domain.settlement import Result
from trading.models import FlashTrade, IndexPrice, Instrument, SigningKey
from trading.selectors import close_order_of


def windows_of(trade: FlashTrade) -> list[tuple[Span, list[IndexPrice]]]:
    """All the prices that the rules look at to decide this trade."""
    sold_by = close_order_of(trade) if trade.outcome == Result.SOLD else None
    looked_at = spans(
        accepted_at=trade.accepted_at,
        entry_at=trade.entry_at,
        expires_at=trade.expires_at,
        rules=rules_of(trade.rule_version),
        asked_at=sold_by.asked_at if sold_by else None,
    )
    return [(span, prices_looked_at(trade.instrument, span)) for span in looked_at]


def prices_looked_at(instrument: Instrument, span: Span) -> list[IndexPrice]:
    """The prices of a span, ascending, with the one before and the one after where it doesn't begin or end with one:
    their sequence numbers show that none was left out. At the newest price there may be none after."""
    prices = IndexPrice.objects.filter(instrument=instrument).select_related("instrument")
    found = list(prices.filter(priced_at__range=(span.since, span.until)).order_by("priced_at"))
    if not found or found[0].priced_at > span.since:
        found = [*prices.filter(priced_at__lt=span.since).order_by("-priced_at")[:1], *found]
    if not found or found[-1].priced_at < span.until:
        found += prices.filter(priced_at__gt=span.until).order_by("priced_at")[:1]
    return found


def public_keys() -> list[str]:
    """Of every key that has ever signed, the newest first."""
    return list(SigningKey.objects.order_by("-id").values_list("public_key", flat=True))
