"""Orders and trades."""

from cryptotrader.openapi.operation import Operation, pages
from cryptotrader.openapi.shapes.trades import KEY
from cryptotrader.openapi.words import UID

TAG = "Trades"
OPERATIONS = {
    "POST /api/v1/flash-trades": Operation(
        "placeOrder",
        TAG,
        "Place an order",
        {201: "FlashTrade"},
        body="Order",
        key=True,
        refusals=(404, 409, 422),
        leads=dict.fromkeys(("getTrade", "getOffer", "closeTrade", "getProof"), "trade_id /id"),
        about="Give an Idempotency-Key or a client_order_id: the same order with the same key gets the same answer.",
    ),
    "GET /api/v1/flash-trades": Operation(
        "listTrades",
        TAG,
        "Your trades, newest first",
        {200: "FlashTrades"},
        query={"client_order_id": KEY, **pages(50, 200, UID)},
    ),
    "GET /api/v1/flash-trades/{trade_id}": Operation(
        "getTrade", TAG, "One of your trades", {200: "FlashTrade"}, refusals=(404,)
    ),
    "GET /api/v1/flash-trades/{trade_id}/proof": Operation(
        "getProof", TAG, "The signed proof of your settled trade", {200: "Proof"}, refusals=(404, 409)
    ),
    "GET /api/v1/flash-trades/{trade_id}/offer": Operation(
        "getOffer", TAG, "The sale offer of your open trade at this moment", {200: "Offer"}, refusals=(404, 409)
    ),
    "POST /api/v1/flash-trades/{trade_id}/close": Operation(
        "closeTrade",
        TAG,
        "Close an open trade early",
        {200: "FlashTrade", 202: "FlashTrade"},
        body="CloseRequest",
        refusals=(404, 409),
        about="202: the price of a second to come decides it. 200: the trade is sold already.",
    ),
}
