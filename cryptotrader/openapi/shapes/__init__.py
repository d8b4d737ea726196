"""All shapes of bodies by name: the components of the description."""

from cryptotrader.openapi.shapes import access, cashier, ledger, limits, market, people, problems, trades, webhooks
from cryptotrader.openapi.words import Schema

SHAPES: dict[str, Schema] = {
    **access.SHAPES,
    **cashier.SHAPES,
    **ledger.SHAPES,
    **limits.SHAPES,
    **market.SHAPES,
    **people.SHAPES,
    **problems.SHAPES,
    **trades.SHAPES,
    **webhooks.SHAPES,
}
