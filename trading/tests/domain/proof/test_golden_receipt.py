"""A receipt of each version: the terms of its trade and its stamp are the same text for ever."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from trading.domain.proof.jws import Signer, public_key_of
from trading.domain.proof.receipts import (
    START,
    TYP,
    VERSION,
    Accepted,
    Seen,
    Stamp,
    read_receipt,
    sign_receipt,
    text_of,
)
from trading.models import CloseOrder, FlashTrade, Instrument
from trading.wire.receipts import close_told, order_told

PRIVATE = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
"""The private key of RFC 8037's example: everybody knows it."""

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)
TRADE = FlashTrade(
    id=UUID("019c2f1e-7c1a-7d2c-a1d0-3f0d5f1f8a55"),
    instrument=Instrument(symbol="BTC-USDT"),
    idempotency_key='a"\\key',
    direction="up",
    stake=Decimal("33.33000000"),
    currency="USDT",
    demo=True,
    duration_seconds=60,
    payout_rate=Decimal("0.8500"),
    payout=Decimal("61.66000000"),
    payout_version=3,
    rule_version=2,
    accepted_at=AT,
    entry_at=AT.replace(second=2, microsecond=0),
    expires_at=AT.replace(minute=1, second=2, microsecond=0),
)
CLOSE = CloseOrder(asked_at=AT + timedelta(seconds=20), close_at=AT.replace(second=22), min_price=Decimal("50.5"))
SEEN = Seen(12345, "ab" * 32)
ORDER_RECEIPT = (
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsiLCJ0eXAiOiJ0cmFkZS1yZW"
    "NlaXB0K2p3cyJ9.eyJhY2NlcHRlZF9hdCI6IjIwMjYtMDMtMDFUMTI6MDA6MDAuMjUwMDAwWiIsImFtb3VudCI6IjMzLjMzIiwiY2xpZW50X29"
    "yZGVyX2lkIjoiYVwiXFxrZXkiLCJjdXJyZW5jeSI6IlVTRFQiLCJkZW1vIjp0cnVlLCJkaXJlY3Rpb24iOiJ1cCIsImR1cmF0aW9uIjo2MCwiZ"
    "W50cnlfYXQiOiIyMDI2LTAzLTAxVDEyOjAwOjAyWiIsImV4cGlyZXNfYXQiOiIyMDI2LTAzLTAxVDEyOjAxOjAyWiIsImluc3RydW1lbnQiOiJ"
    "CVEMtVVNEVCIsImtpbmQiOiJvcmRlciIsIm51bWJlciI6MSwicGF5b3V0IjoiNjEuNjYiLCJwYXlvdXRfcmF0ZSI6IjAuODUiLCJwYXlvdXRfd"
    "mVyc2lvbiI6MywicHJldmlvdXMiOiIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA"
    "wMDAwIiwicHJpY2VfZGlnZXN0IjoiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiY"
    "WJhYiIsInByaWNlX3NlcXVlbmNlIjoxMjM0NSwicnVsZV92ZXJzaW9uIjoyLCJ0cmFkZSI6IjAxOWMyZjFlLTdjMWEtN2QyYy1hMWQwLTNmMGQ"
    "1ZjFmOGE1NSIsInZlcnNpb24iOjEsIndhbGxldCI6N30.XC6bd1PcJT4BwmjdPdhQUQk7Z_aHa7sYS3-q7KgkHKuHKkNxEp0qCtISTK8yNXToM"
    "srv6h4UWgv8znrUCgfVCA"
)
CLOSE_RECEIPT = (
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImtQcktfcW14VldhWVZBOXd3QkY2SXVvM3ZWeno3VHhIQ1R3WEJ5Z3JTNGsiLCJ0eXAiOiJ0cmFkZS1yZW"
    "NlaXB0K2p3cyJ9.eyJhY2NlcHRlZF9hdCI6IjIwMjYtMDMtMDFUMTI6MDA6MjAuMjUwMDAwWiIsImNsaWVudF9vcmRlcl9pZCI6ImFcIlxca2V"
    "5IiwiY2xvc2VfYXQiOiIyMDI2LTAzLTAxVDEyOjAwOjIyLjI1MDAwMFoiLCJjdXJyZW5jeSI6IlVTRFQiLCJkZW1vIjp0cnVlLCJraW5kIjoiY"
    "2xvc2UiLCJtaW5fcHJpY2UiOiI1MC41MCIsIm51bWJlciI6MiwicHJldmlvdXMiOiI3NzgzY2VlMTdjYzk1MmJkODA4NTNhMjdjMzkyYWEzZmV"
    "lY2E5NTBkZjg1NDFjMTIzMTJjZjVhOTFkMzY0NTQ2IiwicHJpY2VfZGlnZXN0IjoiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhY"
    "mFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYmFiYWJhYiIsInByaWNlX3NlcXVlbmNlIjoxMjM0NSwidHJhZGUiOiIwMTljMmYxZS03YzFhLTdkMmM"
    "tYTFkMC0zZjBkNWYxZjhhNTUiLCJ2ZXJzaW9uIjoxLCJ3YWxsZXQiOjd9.Bj2yPBSOAucgaZZXEorRhwgNKhCp50p6qBVRR5SEJ29HmsN9qH5N"
    "LecdTbg2YeDFX6QDH-WrB9BlAvF4dCeeAQ"
)


def test_receipts_of_version_1_are_written_as_ever() -> None:
    assert VERSION == 1, "keep a writer and a golden receipt of each version"
    signer = Signer.of(PRIVATE, typ=TYP)
    order = sign_receipt(order_told(TRADE), kind=Accepted.ORDER, wallet=7, before=START, seen=SEEN, signer=signer)
    told = close_told(CLOSE, TRADE)
    close = sign_receipt(told, kind=Accepted.CLOSE, wallet=7, before=order.link, seen=SEEN, signer=signer)
    assert (order.text, close.text) == (ORDER_RECEIPT, CLOSE_RECEIPT)


def test_a_stamp_makes_the_same_text_again() -> None:
    signer = Signer.of(PRIVATE, typ=TYP)
    order = sign_receipt(order_told(TRADE), kind=Accepted.ORDER, wallet=7, before=START, seen=SEEN, signer=signer)
    stamp = Stamp(7, 1, START.digest, SEEN, signer.kid, order.signature)
    assert text_of(order_told(TRADE), Accepted.ORDER, stamp) == order.text
    read = read_receipt(order.text, {signer.kid: public_key_of(PRIVATE)})
    assert (read.number, read.digest, read.told["client_order_id"]) == (1, order.link.digest, 'a"\\key')
