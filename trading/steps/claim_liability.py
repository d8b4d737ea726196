"""Claims liability below the operator's caps, in the order's transaction, without a row that all orders share.

Each capacity is split over stripes. An order takes from its wallet's own stripe, in one statement. If the stripe's
allotment is too small, the transaction begins again and locks all stripes of the capacities it needs: then it knows
exactly what is left, and allots anew. See docs/decisions/0022.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from django.db import connection

from accounts.bound_statements import prepared_rows
from trading.domain.caps import IN_TOTAL, STRIPES, allot, bucket_of, check_capacity, stripe_of
from trading.domain.terms import Terms
from trading.models import Instrument
from trading.steps.liability_sql import ALLOT, LOCK, MAKE, TAKE, USED


@dataclass(frozen=True, slots=True)
class Pool:
    """The scope of one cap: an instrument's open trades in one book, in total or in one expiry bucket."""

    instrument_id: int
    demo: bool
    bucket: datetime


class StripesShort(Exception):
    """The allotment of some stripe is too small: `wanted` is the smallest liability asked of each pool."""

    def __init__(self, wanted: Mapping[Pool, Decimal]) -> None:
        super().__init__(wanted)
        self.wanted = wanted


@dataclass(frozen=True, slots=True)
class Claim:
    """The liability of one order, and the place where it counts."""

    instrument: Instrument
    demo: bool
    wallet_id: int
    terms: Terms

    @property
    def pools(self) -> list[Pool]:
        """The pools that have a cap."""
        buckets = (IN_TOTAL, bucket_of(self.terms.expires_at))
        pools = (Pool(self.instrument.pk, self.demo, bucket) for bucket in buckets)
        return [pool for pool in pools if cap_of(self.instrument, pool) is not None]


def cap_of(instrument: Instrument, pool: Pool) -> Decimal | None:
    """The cap of a pool of this instrument."""
    return instrument.liability_max if pool.bucket == IN_TOTAL else instrument.bucket_liability_max


class Capacity(Protocol):
    """The capacities in one transaction. Every claim is checked, then added; all are taken together."""

    def check(self, claim: Claim) -> None:
        """Raises CapacityReached or StripesShort."""

    def add(self, claim: Claim) -> None:
        """Count the claim, for this transaction."""

    def take(self) -> None:
        """Write the added claims. Raises StripesShort; then the whole transaction must roll back."""


@dataclass(slots=True)
class OwnStripes:
    """Adds claims up, and takes them from the wallets' own stripes at the end. Without a cap it sends no statement."""

    claimed: defaultdict[tuple[Pool, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    tilts: defaultdict[tuple[Pool, int], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    wanted: dict[Pool, Decimal] = field(default_factory=dict)

    def check(self, claim: Claim) -> None:
        """No check: `take` finds out whether there is room."""

    def add(self, claim: Claim) -> None:
        liability, tilt, stripe = claim.terms.liability, claim.terms.tilt, stripe_of(claim.wallet_id)
        for pool in claim.pools:
            self.claimed[pool, stripe] += liability
            self.tilts[pool, stripe] += tilt
            self.wanted[pool] = min(liability, self.wanted.get(pool, liability))

    def take(self) -> None:
        if not self.claimed:
            return
        params = _columns(pool for pool, _ in self.claimed)
        params |= {"stripe": [stripe for _, stripe in self.claimed], "amount": list(self.claimed.values())}
        params["tilt"] = [self.tilts[each] for each in self.claimed]
        if len(prepared_rows(TAKE, params)) < len(self.claimed):
            raise StripesShort(self.wanted)


class AllStripes:
    """All stripes of the pools, locked: exact. It doesn't lock a pool without room for the smallest claim."""

    def __init__(self, wanted: Mapping[Pool, Decimal], instruments: Iterable[Instrument]) -> None:
        named = {instrument.pk: instrument for instrument in instruments}
        caps = {pool: cap_of(named[pool.instrument_id], pool) for pool in wanted}
        self.caps = {pool: cap for pool, cap in caps.items() if cap is not None}
        pools = list(self.caps)
        self.used = dict.fromkeys(pools, Decimal(0)) | self._read(pools)
        """Of each pool, in total."""

        self.stripes = self._lock([pool for pool in pools if wanted[pool] <= self.caps[pool] - self.used[pool]])
        self.used |= {pool: sum(stripes, Decimal(0)) for pool, stripes in self.stripes.items()}
        self.tilts: defaultdict[tuple[Pool, int], Decimal] = defaultdict(Decimal)

    def check(self, claim: Claim) -> None:
        for pool in claim.pools:
            if pool in self.used:
                check_capacity(claim.terms, cap=self.caps[pool], used=self.used[pool], bucket=pool.bucket)
            if pool not in self.stripes:  # not asked for before, or only for a larger liability
                raise StripesShort({pool: claim.terms.liability})

    def add(self, claim: Claim) -> None:
        for pool in claim.pools:
            self.used[pool] += claim.terms.liability
            self.stripes[pool][stripe_of(claim.wallet_id)] += claim.terms.liability
            self.tilts[pool, stripe_of(claim.wallet_id)] += claim.terms.tilt

    def take(self) -> None:
        rows = [
            (pool, stripe, used, allotted, self.tilts[pool, stripe])
            for pool, stripes in self.stripes.items()
            for stripe, (used, allotted) in enumerate(zip(stripes, allot(self.caps[pool], stripes), strict=True))
        ]
        params = _columns(pool for pool, *_ in rows)
        for name, column in zip(
            ("stripe", "used", "allotted", "tilt"), list(zip(*rows, strict=True))[1:], strict=False
        ):
            params[name] = list(column)
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(ALLOT, params)

    def _read(self, pools: list[Pool]) -> dict[Pool, Decimal]:
        with connection.cursor() as cursor:
            cursor.execute(USED, _columns(pools))
            return {Pool(*row[:3]): row[3] for row in cursor.fetchall()}

    def _lock(self, pools: list[Pool]) -> dict[Pool, list[Decimal]]:
        if not pools:
            return {}
        found = {pool: [Decimal(0)] * STRIPES for pool in pools}
        with connection.cursor() as cursor:
            cursor.execute(MAKE, _columns(pools) | {"stripes": STRIPES})
            cursor.execute(LOCK, _columns(pools))
            for *pool, stripe, used in cursor.fetchall():
                found[Pool(*pool)][stripe] = used
        return found


def _columns(pools: Iterable[Pool]) -> dict[str, list[Any]]:
    listed = list(pools)
    return {
        "instrument": [pool.instrument_id for pool in listed],
        "demo": [pool.demo for pool in listed],
        "bucket": [pool.bucket for pool in listed],
    }
