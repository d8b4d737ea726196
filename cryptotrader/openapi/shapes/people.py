"""A person and their settings."""

from accounts.domain.people.settings import COLOURS, LOCALES, REALITY_CHECK_MINUTES
from cryptotrader.openapi.words import ANY_TEXT, FLAG, INSTANT, about, body, choice, nullable, record, text, whole

SETTINGS = {
    "locale": choice(LOCALES),
    "time_zone": text(about="an IANA name such as Asia/Seoul; empty: the device's"),
    "colours": choice(COLOURS),
    "sounds": FLAG,
    "reality_check_minutes": nullable(choice(REALITY_CHECK_MINUTES)),
}
SHAPES = {
    "Me": record(
        id=whole(),
        email=text(),
        joined_at=INSTANT,
        has_second_factor=about(FLAG, "whether an authenticator app or a passkey is set up"),
        **SETTINGS,
    ),
    "Announcement": record(
        id=whole(),
        kind=choice(["notice", "maintenance"]),
        text_en=text(),
        text_ko=text(),
        starts_at=INSTANT,
        ends_at=about(INSTANT, "from then on it isn't shown"),
        withdrawn_at=about(nullable(INSTANT), "not null: it isn't shown any more"),
    ),
    "Settings": body(
        **{
            **SETTINGS,
            "reality_check_minutes": {
                "anyOf": [SETTINGS["reality_check_minutes"], choice(str(m) for m in REALITY_CHECK_MINUTES)]
            },
        }
    ),
    "Closing": body(
        ["password", "confirmation"],
        password=ANY_TEXT,
        confirmation=about(ANY_TEXT, "the account's email"),
        code=nullable(text(most=4096)),
    ),
}
