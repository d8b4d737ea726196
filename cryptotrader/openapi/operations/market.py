"""Market data, for everyone."""

from cryptotrader.openapi.operation import Operation, pages
from cryptotrader.openapi.words import DAY, SYMBOL, about, choice, text
from trading.api.history import LIMIT_MAX
from trading.domain.candles import Interval

TIME = {"type": "string", "format": "date-time"}
SPAN = {
    "since": about(TIME, "included; with it pages lead forward"),
    "until": about(TIME, "not included"),
    **pages(300, LIMIT_MAX, text(pattern="^(0|[1-9][0-9]{0,10})$", about="from the `next` of a page")),
}
TAG = "Market"


def market(id: str, summary: str, shape: str, **more: object) -> Operation:
    return Operation(id, TAG, summary, {200: shape}, public=True, **{"refusals": (401,), **more})  # type: ignore[arg-type]


OPERATIONS = {
    "GET /api/v1/time": market("getTime", "The server's clock", "Clock"),
    "GET /api/v1/instruments": market("listInstruments", "All instruments that aren't retired", "Instruments"),
    "GET /api/v1/instruments/{symbol}/prices": market(
        "listPrices", "Index prices, ascending on each page", "IndexPrices", query=SPAN, refusals=(401, 404)
    ),
    "GET /api/v1/instruments/{symbol}/candles": market(
        "listCandles",
        "The moves of the index by interval",
        "Candles",
        query={"interval": choice(Interval), **SPAN},
        needed=("interval",),
        refusals=(401, 404),
    ),
    "GET /api/v1/venues": market("listVenues", "The state of the venues behind the live index", "Venues"),
    "GET /api/v1/digests": market(
        "listDigests",
        "The published digests of past UTC days, newest first",
        "Digests",
        query={"instrument": SYMBOL, "day": DAY, **pages(100, 1000, text(pattern="^(0|[1-9][0-9]{0,17})$"))},
        refusals=(401, 404),
    ),
    "GET /.well-known/jwks.json": market("getPublicKeys", "The public keys of all proofs", "PublicKeys"),
    "POST /api/v1/quotes": market(
        "makeQuote",
        "A promise of the gain of a win for 5 seconds",
        "Quote",
        body="QuoteRequest",
        refusals=(401, 404, 409),
    ),
}
