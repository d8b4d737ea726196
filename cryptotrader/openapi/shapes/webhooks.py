"""Webhooks and their messages."""

from accounts.domain.outgoing import URL_LENGTH_MAX
from accounts.domain.webhooks.events import EVENTS, Event
from cryptotrader.openapi.words import (
    INSTANT,
    UID,
    about,
    body,
    choice,
    many,
    named,
    nullable,
    record,
    text,
    whole,
    whole_list,
    with_more,
)  # fmt: skip

SHAPES = {
    "Webhook": record(
        id=UID,
        url=text(),
        events=many(choice(EVENTS)),
        made_at=INSTANT,
        failing_since=about(nullable(INSTANT), "the first failure since the last success"),
        off_at=about(nullable(INSTANT), "after days of failure it is switched off"),
    ),
    "Webhooks": whole_list(named("Webhook")),
    "MadeWebhook": with_more("Webhook", secret=text(about="proves that a message is ours; no other answer shows it")),
    "NewWebhook": body(
        ["url", "events"],
        url=text(least=1, most=URL_LENGTH_MAX, about="https://…; only public addresses are called"),
        events=many(choice(EVENTS), least=1),
    ),
    "WebhookMessage": record(
        id=UID,
        event=choice(Event),
        reference=about(UID, "the trade, the close order, the deposit or the withdrawal"),
        made_at=INSTANT,
        state=choice(["waiting", "delivered", "failed"]),
        tries=whole(),
        tried_at=nullable(INSTANT),
        next_try_at=nullable(INSTANT),
        status=about(nullable(whole()), "the HTTP status of the last answer"),
        fault=text(),
    ),
    "WebhookMessages": whole_list(named("WebhookMessage")),
}
