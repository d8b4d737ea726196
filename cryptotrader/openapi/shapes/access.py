"""Tokens and API keys."""

from accounts.domain.access.scopes import Scope
from cryptotrader.openapi.words import (
    AMOUNT,
    ANY_TEXT,
    INSTANT,
    about,
    any_whole,
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

PLAIN = text(pattern=r"^[0-9]+(\.[0-9]+)?$")
MODE = choice(["bearer", "hmac"])
CODE = about(ANY_TEXT, "of the authenticator app, or a recovery code")
EMAIL = text(least=1, most=4096, about="an email address")

KEY_ID = whole(least=0, most=10**18 - 1)
ONE_KEY = about(nullable(KEY_ID), "one key; without it all keys")
SHAPES = {
    "Registration": body(["email", "password"], email=EMAIL, password=text(least=1, most=4096)),
    "Mailed": record(status=choice(["mail-sent"])),
    "VerificationKey": body(["key"], key=ANY_TEXT),
    "Verified": record(status=choice(["verified"])),
    "EmailOnly": body(["email"], email=EMAIL),
    "Login": body(["email", "password"], email=EMAIL, password=ANY_TEXT, code=nullable(text(most=4096))),
    "RefreshToken": body(["refresh"], refresh=ANY_TEXT),
    "TokenPair": record(
        access=text(about="for the header Authorization: Bearer"),
        refresh=text(about="gets one new pair"),
        token_type=choice(["Bearer"]),
        expires_in=about(whole(least=1), "lifetime of the access token in seconds"),
    ),
    "ApiKey": record(
        id=whole(),
        name=text(),
        prefix=text(about="the part of the key that is no secret"),
        mode=MODE,
        scopes=many(choice(Scope)),
        networks=many(text()),
        stake_max=about(nullable(PLAIN), "the largest stake; null: no limit"),
        stake_a_day=about(nullable(PLAIN), "the stakes of a UTC day, in each wallet"),
        open_trades_max=about(nullable(whole(least=1)), "the trades at a time"),
        created_at=INSTANT,
        expires_at=nullable(INSTANT),
        last_used_at=nullable(INSTANT),
        last_used_from=nullable(text()),
    ),
    "ApiKeys": whole_list(named("ApiKey")),
    "MadeApiKey": with_more("ApiKey", secret=text(about="no other answer shows it")),
    "NewApiKey": body(
        ["name", "scopes"],
        name=text(least=1, most=60),
        scopes=many(choice(Scope), least=1),
        networks=many(text(), most=20),
        expires_at=nullable({"type": "string", "format": "date-time"}),
        stake_max=about(nullable(AMOUNT), "only for a key that may trade"),
        stake_a_day=nullable(AMOUNT),
        open_trades_max=nullable(any_whole(1, 1000)),
        mode=MODE,
        code=nullable(text(most=4096)),
        password=nullable(text(most=4096)),
    ),
    "TradingStop": record(
        stopped_at=about(nullable(INSTANT), "since then no key trades; null: they may"),
        keys=many(record(id=whole(), name=text(), stopped_at=INSTANT)),
    ),
    "StopOrder": body(api_key=ONE_KEY),
    "StopEnd": body(api_key=about(KEY_ID, "one key, never null; without it all keys"), code=nullable(text(most=4096))),
    "CodeOnly": body(code=nullable(text(most=4096))),
    "Nothing": body(),
}
