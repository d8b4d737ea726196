"""The receipts on a trade's page, and as a file to keep."""

from uuid import uuid4

import pytest
from django.test import Client

from accounts.tests.cast import PASSWORD
from accounts.tests.guards import run_sql
from trading.domain.proof.jws import key_id
from trading.domain.proof.receipts import read_receipt
from trading.models import FlashTrade
from trading.selectors.proof.proofs import public_keys
from trading.tests.cast import Stage, Trader
from trading.tests.closing import ask, at, open_one

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(stage: Stage, alice: Trader) -> FlashTrade:
    """An open trade with a close order."""
    _, trade = open_one(stage, alice)
    ask(trade, now=at(41.5), min_price="50")
    return trade


@pytest.fixture
def reader(client: Client, alice: Trader) -> Client:
    client.login(email=alice.user.email, password=PASSWORD)
    return client


def test_the_page_shows_each_receipt_and_its_file_has_them(reader: Client, trade: FlashTrade) -> None:
    html = reader.get(f"/trades/{trade.pk}/").content.decode()
    answer = reader.get(f"/trades/{trade.pk}/receipts.txt")
    assert answer["Content-Disposition"] == f'attachment; filename="receipts-{trade.pk}.txt"'
    keys = {key_id(public): public for public in public_keys()}
    receipts = [read_receipt(text, keys) for text in answer.content.decode().splitlines()]
    assert [(receipt.kind, receipt.number) for receipt in receipts] == [("order", 1), ("close", 2)]
    assert all(receipt.digest in html for receipt in receipts)
    assert f'href="/trades/{trade.pk}/receipts.txt"' in html


def test_an_old_trade_says_that_it_has_none(reader: Client, trade: FlashTrade) -> None:
    run_sql("SET LOCAL session_replication_role = replica")
    run_sql("DELETE FROM receipts")
    assert "This trade has no receipt" in reader.get(f"/trades/{trade.pk}/").content.decode()
    assert reader.get(f"/trades/{trade.pk}/receipts.txt").status_code == 404


def test_the_receipts_of_another_person_are_not_found(client: Client, trade: FlashTrade, bob: Trader) -> None:
    assert client.get(f"/trades/{trade.pk}/receipts.txt").status_code == 302
    client.login(email=bob.user.email, password=PASSWORD)
    assert client.get(f"/trades/{trade.pk}/receipts.txt").status_code == 404
    assert client.get(f"/trades/{uuid4()}/receipts.txt").status_code == 404
