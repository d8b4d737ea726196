from trading.feeds.source import FeedInstrument
from trading.models import Instrument


def feed_instruments() -> list[FeedInstrument]:
    """Every instrument, in any status: open trades wait for its prices, and nobody can stop these."""
    rows = Instrument.objects.order_by("id").values_list("id", "symbol", "pip", "venues_min", "tradable")
    return [FeedInstrument(*row) for row in rows]
