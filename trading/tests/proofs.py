"""Proofs made of invented prices, without a database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.domain.money import write_money
from accounts.domain.notation import write_decimal, write_instant
from trading.domain.days import FIRST_DAY, Day
from trading.domain.index import counted, index_of, venue_inputs
from trading.domain.jws import key_id, new_private_key, public_jwk, public_key_of, sign
from trading.domain.merkle import block_roots, leaf_hash, path_of, root_of
from trading.domain.prices import FIRST_LINK, PricePoint, Tick, chain_digest
from trading.domain.proof import TYP, Span, spans
from trading.domain.rules import CURRENT, rules_of
from trading.domain.settlement import Result, Window, settle
from trading.domain.terms import Direction, Terms, entry_second

ACCEPTED = datetime(2026, 3, 1, 12, 0, 0, 400_000, tzinfo=UTC)
PIP = Decimal("0.01")
PRIVATE = new_private_key()
PUBLIC = public_key_of(PRIVATE)
KEYS = {key_id(PUBLIC): PUBLIC}
JWKS = {"keys": [public_jwk(PUBLIC)]}

Json = dict[str, Any]


@dataclass
class Chain:
    """Prices as REST shows them, each chained to the one before; their quotes may be those of a mirror."""

    prices: list[Json]
    mirror: str | None = None

    @classmethod
    def of(cls, seconds: Sequence[tuple[datetime, Sequence[str], int]], source: str = "simulated") -> "Chain":
        """From the mid prices of the venues at each second, and the rule version that it is made under."""
        chain = cls([])
        for at, mids, version in seconds:
            chain.add(at, mids, version, source)
        return chain

    def add(self, at: datetime, mids: Sequence[str], version: int = CURRENT, source: str = "simulated") -> None:
        half = Decimal("0.01")
        ticks = [
            Tick(
                f"venue{n}",
                Decimal(mid) - half,
                Decimal(mid) + half,
                None,
                at - timedelta(milliseconds=n),
                mirror=self.mirror,
            )
            for n, mid in enumerate(mids)
        ]
        rules = rules_of(version)
        venues = venue_inputs(
            ticks, at=at, before=counted(self.prices[-1]["venues"] if self.prices else []), rules=rules
        )
        made = index_of(venues, pip=PIP, venues_min=1, rules=rules)
        if made is None:  # they all disagree
            self.add(at, mids[:1], version, source)
            return
        self.prices.append(
            {
                "instrument": "BTC-USDT",
                "sequence": len(self.prices) + 1,
                "priced_at": write_instant(at),
                "price": f"{made:.2f}",
                "source": source,
                "simulated": source != "live",
                "venues": venues,
                "previous": self.prices[-1]["digest"] if self.prices else FIRST_LINK,
                "rule_version": version,
                "pip": write_decimal(PIP),
                "venues_min": 1 if version >= 2 else None,
            }
        )
        seal(self.prices[-1])

    def within(self, since: datetime, until: datetime) -> list[Json]:
        """As `prices_looked_at` has it."""
        at = [datetime.fromisoformat(price["priced_at"]) for price in self.prices]
        first = max((n for n, time in enumerate(at) if time <= since), default=0)
        last = min((n for n, time in enumerate(at) if time >= until), default=len(at) - 1)
        return [dict(price) for price in self.prices[first : last + 1]]

    def days(self) -> list[Json]:
        """Every day as if it were over."""
        days: list[Json] = []
        for date in sorted({price["priced_at"][:10] for price in self.prices}):
            prices = [price for price in self.prices if price["priced_at"].startswith(date)]
            first, last = prices[0], prices[-1]
            day = Day(
                instrument="BTC-USDT",
                day=datetime.fromisoformat(date).date(),
                count=len(prices),
                first_sequence=first["sequence"],
                last_sequence=last["sequence"],
                first_digest=first["digest"],
                last_digest=last["digest"],
                root=root_of(block_roots([price["digest"] for price in prices])),
                previous=days[-1]["digest"] if days else FIRST_DAY,
            )
            days.append({name: getattr(day, name) for name in day.__slots__} | {"day": date, "digest": day.digest})
        return days

    def path(self, price: Json) -> list[str]:
        day = [each for each in self.prices if each["priced_at"][:10] == price["priced_at"][:10]]
        leaves = [leaf_hash(each["digest"]) for each in day]
        return path_of(leaves, price["sequence"] - day[0]["sequence"])


def seal(price: Json) -> None:
    """Give a price the digest that belongs to what it says."""
    price["digest"] = chain_digest(
        instrument=price["instrument"],
        sequence=price["sequence"],
        priced_at=datetime.fromisoformat(price["priced_at"]),
        price=Decimal(price["price"]),
        source=price["source"],
        venues=price["venues"],
        previous=price["previous"],
        rule_version=price["rule_version"],
        pip=Decimal(price["pip"]),
        venues_min=price["venues_min"],
    )


def proof_of(
    chain: Chain,
    *,
    accepted_at: datetime = ACCEPTED,
    seconds: int = 60,
    direction: Direction = Direction.UP,
    stake: str = "100.00",
    rule_version: int = CURRENT,
    demo: bool = True,
    days: bool = False,
) -> Json:
    """The proof of a trade that was settled on these prices."""
    rules = rules_of(rule_version)
    entry_at = entry_second(accepted_at, rules)
    expires_at = entry_at + timedelta(seconds=seconds)
    terms = Terms(
        direction,
        Decimal(stake),
        "USDT",
        seconds,
        Decimal("0.85"),
        PIP,
        accepted_at,
        entry_at,
        expires_at,
        rule_version,
    )
    looked_at = spans(accepted_at=accepted_at, entry_at=entry_at, expires_at=expires_at, rules=rules)
    windows = [window(chain, span) for span in looked_at]
    told = inclusion(chain, windows) if days else ([], [])
    return {
        "version": 1,
        "issuer": "https://example.com",
        "issued_at": write_instant(expires_at + timedelta(minutes=6)),
        "trade": trade_json(terms, chain, demo),
        "closes": [],
        "pip": write_decimal(PIP),
        "windows": windows,
    } | dict(zip(("days", "paths"), told, strict=True))


def inclusion(chain: Chain, windows: list[Json]) -> tuple[list[Json], list[Json]]:
    """The days that the windows touch, and the way there from the last price of each."""
    ends = {(p["priced_at"][:10], n): p for n, window in enumerate(windows) for p in window["prices"]}
    paths = {p["sequence"]: {"day": d, "sequence": p["sequence"], "path": chain.path(p)} for (d, _), p in ends.items()}
    return [day for day in chain.days() if any(date == day["day"] for date, _ in ends)], list(paths.values())


def window(chain: Chain, span: Span) -> Json:
    return {
        "purpose": span.purpose.value,
        "since": write_instant(span.since),
        "until": write_instant(span.until),
        "prices": chain.within(span.since, span.until),
    }


def trade_json(terms: Terms, chain: Chain, demo: bool) -> Json:
    points = [
        PricePoint(datetime.fromisoformat(p["priced_at"]), Decimal(p["price"]), p["source"] == "live")
        for p in chain.prices
    ]
    window = Window(terms.direction, terms.entry_at, terms.expires_at, terms.pip, demo, terms.rule_version)
    outcome = settle(window, points, final=True)
    assert outcome is not None
    come = any(point.priced_at >= terms.expires_at for point in points)
    profit = {Result.WON: terms.payout - terms.stake, Result.LOST: -terms.stake}.get(outcome.result, Decimal(0))
    return {
        "id": "019c0000-0000-7000-8000-000000000000",
        "instrument": "BTC-USDT",
        "direction": terms.direction.value,
        "amount": write_money(terms.stake, "USDT"),
        "currency": "USDT",
        "duration": terms.duration_seconds,
        "payout_rate": write_decimal(terms.payout_rate),
        "payout": write_money(terms.payout, "USDT"),
        "state": "settled",
        "outcome": outcome.result.value,
        "void_reason": outcome.void_reason.value if outcome.void_reason else None,
        "accepted_at": write_instant(terms.accepted_at),
        "entry_at": write_instant(terms.entry_at),
        "expires_at": write_instant(terms.expires_at),
        "entry_price": f"{outcome.entry.price:.2f}" if outcome.entry else None,
        "exit_price": f"{outcome.exit_price:.2f}" if outcome.exit_price is not None else None,
        "exit_samples": outcome.exit_samples or None,
        "settled_at": write_instant(terms.expires_at + (timedelta(0) if come else rules_of(terms.rule_version).grace)),
        "profit": write_money(profit, "USDT"),
        "close": None,
        "correction": None,
        "demo": demo,
        "rule_version": terms.rule_version,
    }


def signed(proof: Json, private: str = PRIVATE) -> str:
    """The document that is downloaded."""
    return json.dumps({"proof": proof, "jws": sign(proof, private=private, typ=TYP)})


def steady(version: int = CURRENT, *, seconds: int = 80, start: datetime | None = None) -> Chain:
    """A price each second, four venues, rising a cent a second; one venue is always off by 0.2 %."""
    begin = start or ACCEPTED.replace(microsecond=0) - timedelta(seconds=10)
    return Chain.of(
        [
            (
                begin + timedelta(seconds=n),
                [f"{60000 + cents / 100:.2f}" for cents in (n, n + 5, n + 9, 12000)],
                version,
            )
            for n in range(seconds)
        ]
    )
