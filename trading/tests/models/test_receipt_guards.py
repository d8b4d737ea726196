"""The database's own guards of receipts, against any writer: one for each acceptance, one chain, for ever."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from accounts.tests.guards import refused, run_sql
from trading.models import FlashTrade, Receipt
from trading.tests.cast import Stage, Trader

pytestmark = pytest.mark.django_db
ADD = """
    INSERT INTO receipts (
        id, wallet_id, price_sequence, key_id, number, version, previous, price_digest, digest, signature
    )
    SELECT %s, %s, 1, key_id, %s, 1, decode(%s, 'hex'), price_digest, decode(%s, 'hex'), signature FROM receipts
    WHERE number = 1 AND wallet_id = %s
"""
NEW = "ab" * 32


@pytest.fixture
def trades(stage: Stage, alice: Trader) -> list[FlashTrade]:
    """Two trades, of which the second has lost its receipt: so that there is one to add."""
    trades = [alice.place(), alice.place()]
    run_sql("SET LOCAL session_replication_role = replica")
    run_sql("DELETE FROM receipts WHERE number = 2")
    run_sql("SET LOCAL session_replication_role = origin")
    return trades


def digest() -> str:
    return bytes(Receipt.objects.get(number=1).digest).hex()


def add(trade: FlashTrade, *, number: int = 2, previous: str, digest: str = NEW, wallet: int | None = None) -> None:
    run_sql(ADD, trade.pk, wallet or trade.wallet_id, number, previous, digest, trade.wallet_id)


def test_the_next_receipt_of_a_chain_is_stored(trades: list[FlashTrade]) -> None:
    add(trades[1], previous=digest())
    assert Receipt.objects.count() == 2


def test_a_receipt_is_never_changed_and_never_deleted(trades: list[FlashTrade]) -> None:
    with refused("receipts_are_for_ever"):
        run_sql("UPDATE receipts SET number = 2")
    with refused("receipts_are_for_ever"):
        run_sql("DELETE FROM receipts")


def test_an_acceptance_has_one_receipt(trades: list[FlashTrade]) -> None:
    with refused("receipts_pkey"):
        add(trades[0], previous=digest())


def test_a_chain_has_no_fork(trades: list[FlashTrade]) -> None:
    with refused("one_receipt_follows_each"):
        add(trades[1], number=1, previous="00" * 32)


@pytest.mark.parametrize("number", [3, 0, -1])
def test_a_chain_has_no_gap(trades: list[FlashTrade], number: int) -> None:
    with refused("receipts_are_one_chain" if number > 0 else "receipts_count_from_one"):
        add(trades[1], number=number, previous=digest())


@pytest.mark.parametrize("previous", ["00" * 32, NEW, ""])
def test_a_receipt_has_the_digest_of_the_one_before(trades: list[FlashTrade], previous: str) -> None:
    with refused("receipts_are_one_chain"):
        add(trades[1], previous=previous)


def test_the_first_receipt_follows_none(trades: list[FlashTrade], bob: Trader) -> None:
    with refused("receipts_are_one_chain"):
        add(trades[1], number=1, previous=digest(), wallet=bob.wallet.id)


def test_a_digest_is_one(trades: list[FlashTrade]) -> None:
    with refused("receipts_are_one_chain"):
        add(trades[1], previous=digest(), digest="ab")


def test_a_receipt_is_of_a_trade_or_close_order_of_its_wallet(trades: list[FlashTrade], bob: Trader) -> None:
    with refused("receipts_belong"):
        add(trades[1], number=1, previous="00" * 32, wallet=bob.wallet.id)
    trades[1].pk = uuid4()
    with refused("receipts_belong"):
        add(trades[1], previous=digest())


def added_again(trade: FlashTrade, *, accepted_at: datetime) -> int:
    """Store a copy of this trade without a receipt, accepted at this moment. Returns 1."""
    entry_at = accepted_at.replace(microsecond=0) + timedelta(seconds=2)
    copy = FlashTrade.objects.get(pk=trade.pk)
    copy.pk, copy.idempotency_key = uuid4(), "again"
    copy.accepted_at, copy.entry_at, copy.expires_at = accepted_at, entry_at, entry_at + timedelta(seconds=60)
    return len(FlashTrade.objects.bulk_create([copy]))


def test_a_day_after_the_first_receipt_no_trade_is_stored_without_one(trades: list[FlashTrade]) -> None:
    day = trades[0].accepted_at + timedelta(days=1)
    with refused("trades_have_receipts"):
        added_again(trades[0], accepted_at=day + timedelta(microseconds=1))
    assert added_again(trades[0], accepted_at=day - timedelta(microseconds=1)) == 1
