"""All operations by method and path."""

from cryptotrader.openapi.operation import Operation
from cryptotrader.openapi.operations import access, cashier, ledger, limits, market, trades, webhooks

OPERATIONS: dict[str, Operation] = {
    **market.OPERATIONS,
    **trades.OPERATIONS,
    **ledger.OPERATIONS,
    **limits.OPERATIONS,
    **cashier.OPERATIONS,
    **access.OPERATIONS,
    **webhooks.OPERATIONS,
}
NOT_DESCRIBED = {
    "/api/flash-trades": "an alias of /api/v1/flash-trades",
    "/api/flash-trades/{trade_id}": "an alias of /api/v1/flash-trades/{trade_id}",
    "/api/v1/schema": "the description itself",
    "/api/v1/asyncapi": "the description of the socket",
    "/api/v1/webhooks/btcpay": "for BTCPay Server, which defines its bodies",
    "/udf/config": "TradingView defines it",
    "/udf/symbols": "TradingView defines it",
    "/udf/search": "TradingView defines it",
    "/udf/history": "TradingView defines it",
    "/udf/time": "TradingView defines it",
}
"""Addresses for programs that the description leaves out, each with its reason."""
