"""Instruments, prices, candles, quotes, venues and digests."""

from trading.domain.candles import Interval
from trading.domain.prices import Source
from trading.domain.terms import Direction, Status
from cryptotrader.openapi.words import (
    CURRENCY, DAY, DIGEST, FLAG, INSTANT, MONEY, PRICE, RATE, SYMBOL, about, any_whole, body, choice, many, named,
    nullable, page, record, text, whole, whole_list,
)  # fmt: skip

SOURCE = choice(Source)
STATUS = {
    "symbol": SYMBOL,
    "status": choice(Status),
    "status_reason": text(),
    "status_since": nullable(INSTANT),
}
VENUE_INPUT = {"type": "object", "properties": {"venue": text()}, "required": ["venue"]}
SHAPES = {
    "Clock": record(time=INSTANT),
    "Instrument": record(
        **STATUS,
        currency=CURRENCY,
        pip=PRICE,
        stake_min=MONEY,
        stake_max=MONEY,
        open_trades_max=nullable(whole()),
        staked_max=nullable(MONEY),
        stake_window_seconds=nullable(whole()),
        durations=about(many(whole()), "the offered durations in seconds"),
        payout_rates=about({"type": "object", "additionalProperties": RATE}, "by duration"),
        payout_version=whole(),
        rate_skew_max=RATE,
        tie=choice(["stake-returned"]),
        rule_version=whole(),
        venues_min=whole(),
        source=nullable(SOURCE),
        simulated=nullable(FLAG),
        price=nullable(PRICE),
        priced_at=nullable(INSTANT),
        price_age_max_seconds=whole(),
    ),
    "Instruments": whole_list(named("Instrument")),
    "IndexPrice": record(
        instrument=SYMBOL,
        priced_at=INSTANT,
        price=PRICE,
        sequence=whole(),
        source=SOURCE,
        simulated=FLAG,
        venues=many(VENUE_INPUT),
        previous=DIGEST,
        digest=DIGEST,
        rule_version=whole(),
        pip=PRICE,
        venues_min=whole(),
    ),
    "IndexPrices": page(named("IndexPrice")),
    "Candle": record(
        opened_at=INSTANT, open=PRICE, high=PRICE, low=PRICE, close=PRICE, count=whole(), simulated=FLAG
    ),
    "Candles": page(named("Candle"), instrument=SYMBOL, interval=choice(Interval)),
    "QuoteRequest": body(
        ["direction", "duration"],
        direction=choice(Direction),
        duration=about(any_whole(1, 999_999_999), "seconds, one of the instrument's durations"),
        instrument=SYMBOL,
        demo=FLAG,
    ),
    "Quote": record(
        quote=text(about="send it with the order as it is"),
        instrument=SYMBOL,
        direction=choice(Direction),
        duration=whole(),
        demo=FLAG,
        currency=CURRENCY,
        payout_rate=RATE,
        base_rate=RATE,
        rate_skew=RATE,
        break_even=text(),
        stake_min=MONEY,
        stake_max=MONEY,
        tie=choice(["stake-returned"]),
        rule_version=whole(),
        payout_version=whole(),
        issued_at=INSTANT,
        expires_at=INSTANT,
        price=nullable(PRICE),
        priced_at=nullable(INSTANT),
        price_age_ms=nullable(whole()),
        simulated=nullable(FLAG),
        description=text(about="in the reader's language"),
    ),
    "Venue": record(
        venue=text(),
        state=choice(["live", "connecting", "waiting"]),
        since=INSTANT,
        heard_at=nullable(INSTANT),
        clock_skew_seconds=nullable(text()),
        connections=whole(),
        unreadable=whole(),
        repeated=whole(),
        mirror=nullable(text()),
        missing=many(text()),
        apart=many(record(instrument=SYMBOL, market=text(), live=FLAG)),
        instruments=many(record(instrument=SYMBOL, heard_at=INSTANT, out=nullable(text()))),
    ),
    "Venues": record(at=nullable(INSTANT), results=many(named("Venue")), next={"type": "null"}),
    "Digest": record(
        instrument=SYMBOL,
        day=DAY,
        count=whole(),
        first_sequence=nullable(whole()),
        last_sequence=nullable(whole()),
        first_digest=nullable(DIGEST),
        last_digest=nullable(DIGEST),
        root=nullable(DIGEST),
        previous=nullable(DIGEST),
        digest=DIGEST,
        published_at=INSTANT,
        gaps=whole(),
        voided=whole(),
    ),
    "Digests": page(named("Digest")),
    "PublicKeys": record(
        keys=many(
            record(
                kty=choice(["OKP"]), crv=choice(["Ed25519"]), x=text(), kid=text(), use=choice(["sig"]), alg=text()
            )
        )
    ),
}
