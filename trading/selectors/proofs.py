"""What the proof of a trade is made of."""

from trading.domain.proof import Span, spans
from trading.domain.rules import rules_of
from trading.domain.settlement import Result
from trading.models import CloseOrder, FlashTrade, IndexPrice, Instrument, SigningKey
from trading.selectors import newest_prices


def windows_of(trade: FlashTrade) -> list[tuple[Span, list[IndexPrice]]]:
    """All the prices that the rules look at to decide this trade."""
    looked_at = spans(
        accepted_at=trade.accepted_at,
        entry_at=trade.entry_at,
        expires_at=trade.expires_at,
        rules=rules_of(trade.rule_version),
        asked_at=[order.asked_at for order in close_orders_of(trade)],
        sold=trade.outcome == Result.SOLD,
    )
    # What comes while this is read is in none of them: prices after one window would else be missing in another.
    newest = max((head.sequence for head in newest_prices([trade.instrument_id])), default=0)
    return [(span, prices_looked_at(trade.instrument, span, newest)) for span in looked_at]


def close_orders_of(trade: FlashTrade) -> list[CloseOrder]:
    """In the order in which they were given."""
    return list(reversed(trade.close_orders.all()))


def prices_looked_at(instrument: Instrument, span: Span, newest: int) -> list[IndexPrice]:
    """The prices of a span, ascending, with the one before and the one after where it doesn't begin or end with one:
    their sequence numbers show that none was left out. Up to the price number `newest`; there may be none after it."""
    prices = IndexPrice.objects.filter(instrument=instrument, sequence__lte=newest).select_related("instrument")
    found = list(prices.filter(priced_at__range=(span.since, span.until)).order_by("priced_at"))
    if not found or found[0].priced_at > span.since:
        found = [*prices.filter(priced_at__lt=span.since).order_by("-priced_at")[:1], *found]
    if not found or found[-1].priced_at < span.until:
        found += prices.filter(priced_at__gt=span.until).order_by("priced_at")[:1]
    return found


def public_keys() -> list[str]:
    """Of every key that has ever signed, the newest first."""
    return list(SigningKey.objects.order_by("-id").values_list("public_key", flat=True))
