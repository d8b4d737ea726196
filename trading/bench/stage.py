"""Sets the stage of a measurement: people with wallets, a market, and trades that are all due at one second."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.test.utils import override_settings

from accounts.services.people.register_trader import register_trader
from trading.domain.orders import Order
from trading.domain.prices import Source, Tick
from trading.domain.reading import Reading
from trading.domain.terms import Direction
from trading.models import Instrument
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.prices.record_index_prices import record_index_prices

SYMBOL = "BTC-USDT"
SECONDS = 60
BATCH = 500
FAST_HASH = {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}


GUARDS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%by_the_clock' AND tgenabled <> 'D'"


def open_market(symbol: str = SYMBOL) -> None:
    """Create one instrument, unless it exists. The clock of a measurement stands or leaps: no guard may look at it."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        for table, guard in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
    Instrument.objects.get_or_create(
        symbol=symbol, defaults={"pip": Decimal("0.01"), "durations": [15, SECONDS], "stake_max": 10_000}
    )


def register(count: int, now: datetime) -> list[int]:
    """Register this many people; returns their ids. Their passwords are hashed weakly: hashing isn't measured."""
    stamp = f"{now:%H%M%S%f}"
    with override_settings(**FAST_HASH):
        return [
            register_trader(
                email=f"bench-{stamp}-{n}@example.com",
                password="a bench's password",
                locale="en",
                now=now,
                verified=True,
            ).pk
            for n in range(count)
        ]


def price(at: datetime, value: str) -> None:
    """Record the second's price."""
    quote = Decimal(value)
    tick = Tick("venue", quote, quote, None, at)
    record_index_prices(at=at, readings=[Reading(SYMBOL, Source.SIMULATED, (tick,), 1)], now=at)


def open_all(users: list[int], count: int, now: datetime) -> datetime:
    """Open this many trades, up and down in turn, all accepted at `now`; returns their common expiry."""
    orders = [
        Order(
            user_id=users[n % len(users)],
            idempotency_key=f"{now:%H%M%S%f}-{n}",
            instrument=SYMBOL,
            direction=Direction.UP if n % 2 else Direction.DOWN,
            stake=Decimal(1),
            duration_seconds=SECONDS,
        )
        for n in range(count)
    ]
    for start in range(0, count, BATCH):
        results = open_trades(orders[start : start + BATCH], clock=lambda: now)
        refused = [result for result in results if not isinstance(result, Accepted)]
        if refused:
            raise refused[0]
    return now + timedelta(seconds=1 + SECONDS)
