"""Rates of requests, own limits, time-outs and self-exclusions."""

from accounts.domain.limits.exclusions import SELF_EXCLUSION_MONTHS
from accounts.domain.limits.limit_changes import CHANGES_MAX
from accounts.domain.limits.own_limits import COUNTED, PERIODIC, PERIODS_DAYS, LimitKind
from accounts.domain.money import SCALES
from cryptotrader.openapi.words import (
    ANY_TEXT,
    CURRENCY,
    FLAG,
    INSTANT,
    MONEY,
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
)  # fmt: skip

PUBLISHED = {
    "rates": about(
        many(record(name=text(), requests=whole(), window_seconds=whole())),
        "rates of requests: so many in each clock minute",
    ),
    "bounds": record(
        kinds=many(choice(LimitKind)),
        period_days=record(**{str(kind): many(choice(PERIODS_DAYS)) for kind in PERIODIC}),
        counted_max=record(**{str(kind): whole() for kind in COUNTED}),
        raise_delay_hours=whole(),
        time_out_hours=many(whole()),
        self_exclusion_months=many(whole()),
    ),
}
CHANGE = body(
    ["kind", "amount"],
    kind=choice(LimitKind),
    currency=nullable(choice(SCALES)),
    demo=nullable(FLAG),
    period_days=nullable(choice((0, *PERIODS_DAYS))),
    amount=about({"type": ["number", "string", "null"]}, "null: no limit"),
)
SHAPES = {
    "Limit": record(
        kind=choice(LimitKind),
        currency=nullable(CURRENCY),
        demo=FLAG,
        period_days=whole(),
        amount=nullable(MONEY),
        used=nullable(MONEY),
        left=nullable(MONEY),
        resets_at=nullable(INSTANT),
        next_amount=nullable(MONEY),
        next_from=nullable(INSTANT),
    ),
    "Exclusion": record(**{"kind": choice(["time_out", "self_exclusion"]), "from": INSTANT, "until": INSTANT}),
    "PublishedLimits": record(**PUBLISHED),
    "Limits": record(
        limits=many(named("Limit")),
        exclusions=many(named("Exclusion")),
        session=record(signed_in_at=nullable(INSTANT)),
        **PUBLISHED,
    ),
    "AnyLimits": {"anyOf": [named("Limits"), named("PublishedLimits")]},
    "LimitChanges": body(["limits"], limits=many(CHANGE, least=1, most=CHANGES_MAX)),
    "TimeOut": body(
        ["hours", "confirmation"], hours=any_whole(1, 1008), confirmation=about(ANY_TEXT, "your own email")
    ),
    "SelfExclusion": body(
        ["months", "confirmation"],
        months=any_whole(min(SELF_EXCLUSION_MONTHS), max(SELF_EXCLUSION_MONTHS)),
        confirmation=about(ANY_TEXT, "your own email"),
    ),
    "RealityCheck": record(
        time=INSTANT,
        minutes=nullable(whole()),
        due_at=nullable(INSTANT),
        signed_in_at=nullable(INSTANT),
        wallets=many(record(currency=CURRENCY, demo=FLAG, trades=whole(), turnover=MONEY, net_result=MONEY)),
    ),
}
