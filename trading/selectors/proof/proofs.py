"""The prices, close orders and keys for the proof of a trade."""

from datetime import datetime

from trading.domain.proof.proof import Span, spans
from trading.domain.rules import rules_of
from trading.domain.settlement import Result
from trading.models import CloseOrder, FlashTrade, IndexPrice, Instrument, SigningKey
from trading.selectors.listings import newest_prices
from trading.selectors.proof.receipts import with_stamps

Pieces = list[tuple[Span, list[IndexPrice]]]
"""Pieces of one instrument's chain, each with its span."""


def windows_of(trade: FlashTrade) -> Pieces:
    """All prices that the rules look at to decide this trade."""
    looked_at = spans(
        accepted_at=trade.accepted_at,
        entry_at=trade.entry_at,
        expires_at=trade.expires_at,
        rules=rules_of(trade.rule_version),
        asked_at=[order.asked_at for order in close_orders_of(trade)],
        sold=trade.outcome == Result.SOLD,
    )
    # No window includes prices that come during these reads: else one window would show a price that another lacks.
    newest = max((head.sequence for head in newest_prices([trade.instrument_id])), default=0)
    return [(span, prices_looked_at(trade.instrument, span, newest)) for span in looked_at]


def close_orders_of(trade: FlashTrade) -> list[CloseOrder]:
    """The trade's close orders, in the order in which they were given."""
    return list(reversed(with_stamps(trade.close_orders.all())))


def prices_looked_at(instrument: Instrument, span: Span, newest: int) -> list[IndexPrice]:
    """The prices of a span, ascending, with a neighbour at each end where no price lies on the border.

    The sequence numbers show that none was left out. Reads up to the price number `newest`; it may have no successor.
    """
    prices = IndexPrice.objects.filter(instrument=instrument, sequence__lte=newest).select_related("instrument")
    found = list(prices.filter(priced_at__range=(span.since, span.until)).order_by("priced_at"))
    if not found or found[0].priced_at > span.since:
        found = [*prices.filter(priced_at__lt=span.since).order_by("-priced_at")[:1], *found]
    if not found or found[-1].priced_at < span.until:
        found += prices.filter(priced_at__gt=span.until).order_by("priced_at")[:1]
    return found


def conversions_of(windows: Pieces) -> list[tuple[Instrument, Pieces]]:
    """The prices that converted the quotes in these windows, by instrument.

    For each such instrument a piece of its chain for each window with such quotes.
    """
    inside = [
        (span, [price for price in prices if span.since <= price.priced_at <= span.until]) for span, prices in windows
    ]
    symbols = {symbol for _, prices in inside for price in prices for symbol in conversions_in(price)}
    instruments = list(Instrument.objects.filter(symbol__in=symbols).order_by("symbol"))
    newest = {head.instrument_id: head.sequence for head in newest_prices([each.pk for each in instruments])}
    found = []
    for each in instruments:
        converted = [
            (span, [price for price in prices if each.symbol in conversions_in(price)]) for span, prices in inside
        ]
        pieces = [(span, _piece(each, prices, newest.get(each.pk, 0))) for span, prices in converted if prices]
        found.append((each, pieces))
    return found


def conversions_in(price: IndexPrice) -> set[str]:
    """The instruments that converted some of its quotes."""
    return {venue["conversion"]["instrument"] for venue in price.venues if venue.get("conversion")}


def _piece(instrument: Instrument, converted: list[IndexPrice], newest: int) -> list[IndexPrice]:
    """The prices that may have converted these prices, which ascend.

    Where they end before the last of these, the next price follows: it shows that there was none between.
    """
    first, last = converted[0], converted[-1]
    prices = IndexPrice.objects.filter(instrument=instrument, sequence__lte=newest).select_related("instrument")
    span = first.priced_at - rules_of(first.rule_version).tick_age_max, last.priced_at
    found = list(prices.filter(priced_at__range=span).order_by("priced_at"))
    if not found or found[-1].priced_at < last.priced_at:
        found += prices.filter(priced_at__gt=last.priced_at).order_by("priced_at")[:1]
    return found


def public_keys() -> list[str]:
    """The public keys of all keys that have ever signed, the newest first."""
    return list(SigningKey.objects.order_by("-id").values_list("public_key", flat=True))


def signing_since() -> dict[str, datetime]:
    """The time at which each key that signs now was made, by its id. There is one, once something was signed."""
    return dict(SigningKey.objects.filter(retired_at=None).values_list("kid", "created_at"))
