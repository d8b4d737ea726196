"""Orders and trades."""

from cryptotrader.openapi.operation import Operation, pages
from cryptotrader.openapi.shapes.trades import KEY
from cryptotrader.openapi.words import UID, about, text, whole
from trading.api.receipts import NUMBER_MAX

TAG = "Trades"
KEYS = text(pattern=r"^[\x21-\x2b\x2d-\x7e]{1,255}(,[\x21-\x2b\x2d-\x7e]{1,255}){0,49}$")
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
    "POST /api/v1/flash-trades/batch": Operation(
        "placeOrders",
        TAG,
        "Place up to 20 orders, each with a result of its own",
        {200: "BatchResults"},
        body="OrderBatch",
        about="One order's refusal doesn't concern the others. Each order counts at the rate `orders`.",
    ),
    "GET /api/v1/flash-trades": Operation(
        "listTrades",
        TAG,
        "Your trades, newest first",
        {200: "FlashTrades"},
        query={"client_order_id": KEY, "client_order_ids": KEYS, **pages(50, 200, UID)},
    ),
    "GET /api/v1/flash-trades/{trade_id}": Operation(
        "getTrade", TAG, "One of your trades", {200: "FlashTrade"}, refusals=(404,)
    ),
    "GET /api/v1/flash-trades/{trade_id}/proof": Operation(
        "getProof", TAG, "The signed proof of your settled trade", {200: "Proof"}, refusals=(404, 409)
    ),
    "GET /api/v1/receipts": Operation(
        "listReceipts",
        TAG,
        "The chain of the receipts of your wallet, ascending",
        {200: "Receipts"},
        query={
            "wallet": about(whole(least=0, most=NUMBER_MAX), "its id; without it, your first wallet"),
            "after": about(whole(least=0, most=NUMBER_MAX), "the number of the last receipt that you have"),
            "limit": {**whole(least=1, most=1000), "default": 200},
        },
        refusals=(404,),
        about="Keep the last receipt: it shows any later change of the orders before it.",
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
