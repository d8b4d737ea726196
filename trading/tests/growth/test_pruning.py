"""Pruning a month reads the trades of its time, however many there are of others, and keeps the prices of them all."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.tests.guards import run_sql
from trading.models import FlashTrade, IndexPrice, Instrument
from trading.services.prices.make_price_partitions import make_price_partitions
from trading.services.prices.prune_prices import prune_prices
from trading.services.proof.publish_digests import publish_digests
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.closing import ask

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MARCH, APRIL = datetime(2021, 3, 1, tzinfo=UTC), datetime(2021, 4, 1, tzinfo=UTC)
LATER = """
    SET LOCAL session_replication_role = replica;
    INSERT INTO flash_trades
    SELECT (jsonb_populate_record(t, jsonb_build_object(
        'id', overlay(t.id::text PLACING lpad(n::text, 12, '0') FROM 25), 'idempotency_key', 'later-' || n,
        'accepted_at', accepted_at + interval '90 days', 'entry_at', entry_at + interval '90 days',
        'expires_at', expires_at + interval '90 days', 'settled_at', settled_at + interval '90 days'
    ))).* FROM flash_trades t, generate_series(1, 2000) n;
    SET LOCAL session_replication_role = origin;
    ANALYZE flash_trades;
"""
"""Copies of the only trade, three months later."""

READ = """
    SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_xact_user_tables
    WHERE relname = 'flash_trades'
"""


@pytest.fixture
def market(db: None) -> Stage:
    return Stage(Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15, 86_400]))


def price(market: Stage, since: datetime, seconds: int) -> None:
    market.past((since + n * SECOND, "60000.00") for n in range(seconds))


def close_the_books() -> None:
    """Make the partitions and publish the days, like the beat in time."""
    make_price_partitions(now=APRIL)
    publish_digests(now=APRIL + 3 * DAY)


def trades_read() -> int:
    """The rows of trades that this transaction has read."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return int(cursor.fetchone()[0])


def test_pruning_reads_the_trades_of_its_month(market: Stage, alice: Trader) -> None:
    price(market, MARCH + 9 * DAY, 2)
    alice.place(at=MARCH + 9 * DAY + SECOND, seconds=15)
    price(market, MARCH + 9 * DAY + 2 * SECOND, 20)
    settle_due_trades(instrument=SYMBOL, now=MARCH + 10 * DAY)
    close_the_books()
    with connection.cursor() as cursor:
        cursor.execute(LATER)
    before = trades_read()
    prune_prices(month=MARCH.date())
    assert 0 < trades_read() - before <= 20


@pytest.mark.parametrize("accepted_at", [MARCH - 2 * SECOND, APRIL + SECOND])
def test_trades_over_an_end_of_the_month_keep_its_prices(market: Stage, alice: Trader, accepted_at: datetime) -> None:
    """The longest one of the month before expires in it; the first one of the next month was accepted at its price."""
    middle = MARCH + 3 * DAY
    if accepted_at > middle:
        price(market, middle, 100)
    price(market, accepted_at - 8 * SECOND, 9)
    alice.place(at=accepted_at, seconds=86_400)
    price(market, accepted_at + SECOND, 100)
    price(market, accepted_at + DAY - 100 * SECOND, 110)
    if accepted_at < middle:
        price(market, middle, 100)
    settle_due_trades(instrument=SYMBOL, now=accepted_at + 2 * DAY)
    trade = FlashTrade.objects.get()
    assert trade.outcome == "tied"
    close_the_books()
    prune_prices(month=MARCH.date())
    kept = set(IndexPrice.objects.values_list("priced_at", flat=True))
    assert {trade.expires_at - n * SECOND for n in range(60)} <= kept
    assert {trade.accepted_at + n * SECOND for n in range(-2, 7)} <= kept
    assert middle + 50 * SECOND not in kept


def test_all_spans_of_a_trade_lie_about_its_acceptance(market: Stage, alice: Trader) -> None:
    """So the month's trades are found by it: the pruning looks two days before the month, and a day after it."""
    Instrument.objects.create(symbol="USDT-USD", pip=Decimal("0.0001"), durations=[], tradable=False, status="retired")
    at = MARCH + 9 * DAY
    price(market, at - 1 * SECOND, 2)
    trade = alice.place(at=at, seconds=86_400)
    price(market, at + SECOND, 401)
    settle_due_trades(instrument=SYMBOL, now=at + 401 * SECOND)
    ask(trade, now=at + 401.5 * SECOND)
    assert run_sql("SELECT FROM price_spans_needed") == 6
    assert run_sql("SELECT FROM price_spans_needed WHERE since > accepted_at - interval '1 day'") == 6
    assert run_sql("SELECT FROM price_spans_needed WHERE until < accepted_at + interval '2 days'") == 6
