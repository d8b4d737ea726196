"""Orders, trades, sale offers and proofs."""

from cryptotrader.openapi.words import (
    AMOUNT,
    CURRENCY,
    DIGEST,
    DIGITS_18,
    FLAG,
    INSTANT,
    MONEY,
    PRICE,
    RATE,
    SYMBOL,
    UID,
    about,
    any_whole,
    body,
    choice,
    many,
    named,
    nullable,
    page,
    record,
    text,
    whole,
    with_members,
)  # fmt: skip
from trading.domain.order_events import OrderEvent
from trading.domain.terms import Direction

KEY = text(pattern=r"^[\x21-\x2b\x2d-\x7e]{1,255}$", about="visible ASCII characters without a comma")
RECEIPT = text(about="signed: a JWS; null for what is older than receipts. docs/verification.md explains it")
CLOSE = record(
    state=choice(["waiting", "sold", "lapsed"]),
    min_price=nullable(MONEY),
    asked_at=INSTANT,
    close_at=INSTANT,
    lapse_reason=nullable(text()),
    offer=nullable(MONEY),
)
LISTED = record(
    id=UID,
    client_order_id=text(about="the key of its order: client_order_id, or the header Idempotency-Key"),
    instrument=SYMBOL,
    direction=choice(Direction),
    amount=MONEY,
    currency=CURRENCY,
    duration=whole(),
    payout_rate=RATE,
    payout=about(MONEY, "the gross return of a win"),
    state=choice(["pending", "open", "settled"]),
    outcome=nullable(choice(["won", "lost", "tied", "voided", "sold"])),
    void_reason=nullable(text()),
    accepted_at=INSTANT,
    entry_at=INSTANT,
    expires_at=INSTANT,
    entry_price=nullable(PRICE),
    exit_price=nullable(PRICE),
    exit_samples=nullable(whole()),
    settled_at=nullable(INSTANT),
    profit=nullable(MONEY),
    sale=nullable(MONEY),
    sold_at_price=nullable(PRICE),
    sold_priced_at=nullable(INSTANT),
    close=nullable(named("ListedClose")),
    correction=nullable(record(reason=text(), amount=MONEY, corrected_at=INSTANT)),
    demo=FLAG,
    rule_version=whole(),
    payout_version=nullable(whole()),
)
RATE_TEXT = text(pattern=rf"^{DIGITS_18}(\.[0-9]{{1,18}})?$")
ORDER = {
    "amount": AMOUNT,
    "direction": choice(Direction),
    "duration": about(any_whole(1, 999_999_999), "seconds, one of the instrument's durations"),
    "instrument": SYMBOL,
    "demo": FLAG,
    "min_payout_rate": nullable({"anyOf": [{"type": "number", "minimum": 0, "exclusiveMaximum": 10**12}, RATE_TEXT]}),
    "quote": nullable(text(least=1, most=4096)),
    "valid_until": nullable(
        {"type": "string", "format": "date-time", "description": "refused afterwards: order-expired"}
    ),
    "client_order_id": about(KEY, "the key, in place of the header Idempotency-Key"),
}
BATCHED = body(["amount", "direction", "duration", "client_order_id"], **ORDER)
SHAPES = {
    "Order": body(["amount", "direction", "duration"], **ORDER),
    "OrderBatch": body(
        ["orders"], orders=many({**BATCHED, "description": "each has its own client_order_id"}, least=1, most=20)
    ),
    "BatchResults": record(
        results=many(
            record(
                status=about(whole(), "as the order alone would have had"),
                replayed=FLAG,
                trade=nullable(named("FlashTrade")),
                problem=nullable({"type": "object", "additionalProperties": True}),
            )
        )
    ),
    "ListedTrade": about(LISTED, "a trade in a list or a stream: without its receipts"),
    "ListedClose": CLOSE,
    "FlashTrade": with_members(LISTED, close=nullable(named("CloseOrder")), receipt=nullable(RECEIPT)),
    "CloseOrder": with_members(CLOSE, receipt=nullable(RECEIPT)),
    "OrderNews": record(
        client_order_id=about(text(), "of the order that this is about"),
        event=choice(OrderEvent),
        trade=about(nullable(named("ListedTrade")), "null for a refused order"),
        problem=about(nullable({"type": "object", "additionalProperties": True}), "of a refused order"),
    ),
    "FlashTrades": page(named("ListedTrade")),
    "CloseRequest": body(min_price=nullable(AMOUNT), valid_until=ORDER["valid_until"]),
    "Offer": record(
        trade=UID,
        offer=nullable(MONEY),
        min_price=nullable(MONEY),
        currency=CURRENCY,
        price=nullable(PRICE),
        priced_at=nullable(INSTANT),
        closable_until=INSTANT,
        reason=nullable(text()),
    ),
    "Receipts": page(
        record(number=whole(), digest=DIGEST, receipt=RECEIPT), wallet=about(whole(), "the wallet whose chain it is")
    ),
    "Proof": record(
        proof=about({"type": "object", "additionalProperties": True}, "to read; docs/verification.md explains it"),
        jws=text(about="the same, signed"),
    ),
}
