"""The database's view of a trade's liability equals the claim of its order before the trade exists."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.errors import Refusal
from accounts.tests.cast import NOON, standing
from trading.domain.caps import IN_TOTAL, bucket_of, stripe_of
from trading.domain.orders import Order
from trading.domain.terms import Direction, Terms
from trading.models import FlashTrade, Instrument
from trading.selectors.exposure import exposures
from trading.selectors.liability import liability_faults
from trading.services.orders.open_trades import open_trades
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.steps.claim_liability import Claim
from trading.tests.caps import cap
from trading.tests.cast import Stage, trader

NUMBERS = count()
CAPS = st.none() | st.just(100_000)
ORDERS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(Direction),
        st.sampled_from(["1", "7.77", "99.99"]),
        st.sampled_from([15, 60]),
    ),
    min_size=1,
    max_size=15,
)
Slot = tuple[int, bool, datetime, int]


def rows(query: str, key: int | UUID) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [key])
        found: list[tuple[object, ...]] = cursor.fetchall()
    return found


def claim_of(trade: FlashTrade, instrument: Instrument) -> Claim:
    terms = Terms(
        direction=Direction(trade.direction),
        stake=trade.stake,
        currency=trade.currency,
        duration_seconds=trade.duration_seconds,
        payout_rate=trade.payout_rate,
        pip=instrument.pip,
        accepted_at=trade.accepted_at,
        entry_at=trade.entry_at,
        expires_at=trade.expires_at,
    )
    return Claim(instrument, trade.demo, trade.wallet_id, terms)


def claimed(claims: Iterable[Claim]) -> dict[Slot, tuple[Decimal, Decimal]]:
    """Liability and tilt in each stripe of the pools that have a cap."""
    sums: defaultdict[Slot, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for claim in claims:
        for pool in claim.pools:
            counted = sums[pool.instrument_id, pool.demo, pool.bucket, stripe_of(claim.wallet_id)]
            counted[0] += claim.terms.liability
            counted[1] += claim.terms.tilt
    return {slot: (liability, tilt) for slot, (liability, tilt) in sums.items()}


@pytest.mark.long
@given(orders=ORDERS, caps=st.tuples(CAPS, CAPS))
@settings(max_examples=15)
def test_the_views_count_what_claims_count(
    db: None, orders: list[tuple[int, Direction, str, int]], caps: tuple[int | None, int | None]
) -> None:
    number = next(NUMBERS)
    symbol = f"V{number}-USDT"
    stage = Stage(Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[15, 60]))
    cap(stage, liability_max=caps[0], bucket_liability_max=caps[1])
    people = [trader(f"viewed{number}-{n}") for n in range(3)]
    stage.price(NOON, "60000.00")
    wanted = [
        Order(people[who].user.pk, f"{n}", symbol, direction, Decimal(stake), seconds)
        for n, (who, direction, stake, seconds) in enumerate(orders)
    ]
    assert not [result for result in open_trades(wanted, clock=standing(NOON)) if isinstance(result, Refusal)]
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=16), "60000.00")
    settle_due_trades(instrument=symbol, now=NOON + timedelta(seconds=16))
    instrument = Instrument.objects.get(symbol=symbol)
    trades = list(FlashTrade.objects.filter(instrument=instrument))

    for trade in trades:
        terms = claim_of(trade, instrument).terms
        of_trade = "SELECT demo, in_total, bucket, stripe, liability, tilt FROM trade_liabilities WHERE trade_id = %s"
        money = (terms.liability, terms.tilt)
        assert sorted(rows(of_trade, trade.pk)) == [
            (trade.demo, False, bucket_of(trade.expires_at), stripe_of(trade.wallet_id), *money),
            (trade.demo, True, IN_TOTAL, stripe_of(trade.wallet_id), *money),
        ]
    under_way = [claim_of(trade, instrument) for trade in trades if trade.state != "settled"]
    counted = (
        "SELECT instrument_id, demo, bucket, stripe, liability, tilt FROM open_liabilities WHERE instrument_id = %s"
    )
    assert {row[:4]: row[4:] for row in rows(counted, instrument.pk)} == claimed(under_way)
    assert liability_faults() == []
    books = [book for book in exposures() if book.symbol == symbol]
    assert sum((book.total.liability for book in books), Decimal(0)) == sum(c.terms.liability for c in under_way)
    assert all(book.total.trades == len(under_way) for book in books)
