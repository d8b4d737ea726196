"""Invented prices without a database, chained as the platform chains them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.domain.notation import places, write_decimal, write_instant
from trading.domain.index import Conversion, counted, index_of, venue_inputs
from trading.domain.prices import FIRST_LINK, Tick, chain_digest
from trading.domain.proof.days import FIRST_DAY, Day
from trading.domain.proof.merkle import block_roots, leaf_hash, path_of, root_of
from trading.domain.rules import CURRENT, rules_of

ACCEPTED = datetime(2026, 3, 1, 12, 0, 0, 400_000, tzinfo=UTC)
BEGIN = ACCEPTED.replace(microsecond=0) - timedelta(seconds=10)
PIP = Decimal("0.01")

Json = dict[str, Any]


@dataclass
class Chain:
    """Prices in REST's form, each chained to the one before; their quotes may name a mirror.

    With `rates`, every second venue quotes in dollars, and is left out at a second without a rate.
    """

    prices: list[Json]
    mirror: str | None = None
    rates: "Chain | None" = None
    symbol: str = "BTC-USDT"
    pip: Decimal = PIP

    @classmethod
    def of(cls, seconds: Sequence[tuple[datetime, Sequence[str], int]], rates: "Chain | None" = None) -> "Chain":
        """From the venues' mid prices at each second, and the price's rule version."""
        chain = cls([], rates=rates)
        for at, mids, version in seconds:
            chain.add(at, mids, version)
        return chain

    def add(self, at: datetime, mids: Sequence[str], version: int = CURRENT, source: str = "simulated") -> None:
        rules, rate = rules_of(version), self.rates.newest(at, source) if self.rates else None
        heard = [(n, Decimal(mid)) for n, mid in enumerate(mids) if n % 2 == 0 or rate or self.rates is None]
        ticks = [self._tick(n, mid, at, rate if n % 2 else None) for n, mid in heard]
        venues = venue_inputs(
            ticks,
            at=at,
            conversions={rate.instrument: rate} if rate else {},
            before=counted(self.prices[-1]["venues"] if self.prices else []),
            rules=rules,
        )
        made = index_of(venues, pip=self.pip, venues_min=1, rules=rules)
        if made is None:  # all venues deviate
            self.add(at, mids[:1], version, source)
            return
        self.prices.append(
            {
                "instrument": self.symbol,
                "sequence": len(self.prices) + 1,
                "priced_at": write_instant(at),
                "price": f"{made:.{places(self.pip)}f}",
                "source": source,
                "simulated": source != "live",
                "venues": venues,
                "previous": self.prices[-1]["digest"] if self.prices else FIRST_LINK,
                "rule_version": version,
                "pip": write_decimal(self.pip),
                "venues_min": 1 if version >= 2 else None,
            }
        )
        seal(self.prices[-1])

    def _tick(self, n: int, mid: Decimal, at: datetime, rate: Conversion | None) -> Tick:
        bid, ask = (side * (rate.price if rate else 1) for side in (mid - self.pip, mid + self.pip))
        heard_at, conversion = at - timedelta(milliseconds=n), rate.instrument if rate else None
        return Tick(f"venue{n}", bid, ask, None, heard_at, conversion=conversion, mirror=self.mirror)

    def newest(self, at: datetime, source: str) -> Conversion | None:
        """The conversion at this second: the newest price, unless it is too old or of another source."""
        known = [price for price in self.prices if datetime.fromisoformat(price["priced_at"]) <= at]
        if not known or known[-1]["source"] != source:
            return None
        age = at - datetime.fromisoformat(known[-1]["priced_at"])
        price = Conversion(self.symbol, known[-1]["sequence"], Decimal(known[-1]["price"]))
        return price if age <= timedelta(seconds=3) else None

    def within(self, since: datetime, until: datetime) -> list[Json]:
        """The same prices as `prices_looked_at`."""
        at = [datetime.fromisoformat(price["priced_at"]) for price in self.prices]
        first = max((n for n, time in enumerate(at) if time <= since), default=0)
        last = min((n for n, time in enumerate(at) if time >= until), default=len(at) - 1)
        return [dict(price) for price in self.prices[first : last + 1]]

    def piece(self, since: datetime, until: datetime) -> list[Json]:
        """The prices from `since` to `until`, and the next one if they end before `until`."""
        at = [datetime.fromisoformat(price["priced_at"]) for price in self.prices]
        first = next(n for n, time in enumerate(at) if time >= since)
        last = next((n for n, time in enumerate(at) if time >= until), len(at) - 1)
        return [dict(price) for price in self.prices[first : last + 1]]

    def days(self) -> list[Json]:
        """Every day, as if it were over."""
        days: list[Json] = []
        for date in sorted({price["priced_at"][:10] for price in self.prices}):
            prices = [price for price in self.prices if price["priced_at"].startswith(date)]
            first, last = prices[0], prices[-1]
            day = Day(
                instrument=self.symbol,
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
    """Give a price the digest of its content."""
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


def steady(
    version: int = CURRENT, *, seconds: int = 80, start: datetime | None = None, rates: Chain | None = None
) -> Chain:
    """A price each second, four venues, rising a cent a second; one venue is always off by 0.2 %."""
    begin = start or BEGIN
    return Chain.of(
        [
            (
                begin + timedelta(seconds=n),
                [f"{60000 + cents / 100:.2f}" for cents in (n, n + 5, n + 9, 12000)],
                version,
            )
            for n in range(seconds)
        ],
        rates=rates,
    )


def dollars(seconds: Sequence[int] = range(-3, 80), version: int = CURRENT, start: datetime = BEGIN) -> Chain:
    """USDT-USD at these seconds, from three venues; it changes each second."""
    rates = Chain([], symbol="USDT-USD", pip=Decimal("0.000001"))
    for n in seconds:
        rates.add(
            start + timedelta(seconds=n), [f"{0.9995 + n / 1e6 + venue / 1e5:.6f}" for venue in range(3)], version
        )
    return rates
