"""Webhooks: news for people's programs."""

from cryptotrader.openapi.operation import Operation
from cryptotrader.openapi.words import whole

TAG = "Webhooks"
ONE = "/api/v1/webhooks/{webhook_id}"
OPERATIONS = {
    "GET /api/v1/webhooks": Operation("listWebhooks", TAG, "Your webhooks", {200: "Webhooks"}),
    "POST /api/v1/webhooks": Operation(
        "makeWebhook",
        TAG,
        "Register an address for your news",
        {201: "MadeWebhook"},
        body="NewWebhook",
        refusals=(409,),
        leads=dict.fromkeys(
            ("getWebhook", "switchOnWebhook", "testWebhook", "listWebhookMessages", "removeWebhook"), "webhook_id /id"
        ),
    ),
    f"GET {ONE}": Operation("getWebhook", TAG, "One of your webhooks", {200: "Webhook"}, refusals=(404,)),
    f"DELETE {ONE}": Operation("removeWebhook", TAG, "Remove a webhook", {204: None}, refusals=(404, 413, 415)),
    f"POST {ONE}/on": Operation(
        "switchOnWebhook", TAG, "Switch a webhook on again", {200: "Webhook"}, body="Nothing", refusals=(404,)
    ),
    f"POST {ONE}/test": Operation(
        "testWebhook", TAG, "Send a message that says nothing", {202: "WebhookMessage"}, body="Nothing",
        refusals=(404, 409),
    ),
    f"GET {ONE}/messages": Operation(
        "listWebhookMessages",
        TAG,
        "The messages of the last 30 days, newest first",
        {200: "WebhookMessages"},
        query={"limit": {**whole(least=1, most=200), "default": 50}},
        refusals=(404,),
    ),
}  # fmt: skip
