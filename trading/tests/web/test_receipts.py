"""The receipts on a trade's page, and as a file to keep."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from accounts.tests.cast import PASSWORD
from accounts.tests.guards import run_sql
from trading.domain.proof.jws import key_id, public_jwk
from trading.domain.proof.receipts import read_receipt
from trading.models import FlashTrade
from trading.selectors.proof.proofs import public_keys
from trading.tests.cast import Stage, Trader
from trading.tests.closing import ask, at, open_one
from trading.tests.script import load_script
from trading.web import receipt_chain

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


def keys() -> dict[str, str]:
    return {key_id(public): public for public in public_keys()}


def test_the_page_shows_each_receipt_and_its_file_has_them(reader: Client, trade: FlashTrade) -> None:
    html = reader.get(f"/trades/{trade.pk}/").content.decode()
    answer = reader.get(f"/trades/{trade.pk}/receipts.txt")
    assert answer["Content-Disposition"] == f'attachment; filename="receipts-{trade.pk}.txt"'
    receipts = [read_receipt(text, keys()) for text in answer.content.decode().splitlines()]
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


CHAIN = "/history/receipts/"


def test_the_chain_of_a_wallet_is_a_page_and_a_file_that_the_program_checks(
    reader: Client, trade: FlashTrade, alice: Trader, tmp_path: Path
) -> None:
    html = reader.get(CHAIN).content.decode()
    answer = reader.get(f"/history/receipts.txt?wallet={alice.wallet.id}")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert [html.count(read_receipt(line, keys()).digest) for line in text.splitlines()] == [1, 1]
    assert html.count(f"/trades/{trade.pk}/") == 2
    (tmp_path / "chain.txt").write_text(text)
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [public_jwk(key) for key in public_keys()]}))
    given = ["--jwks", str(tmp_path / "jwks.json"), "--receipts", str(tmp_path / "chain.txt")]
    assert load_script().main(given) == 0


def test_the_chain_comes_in_pages_newest_first(
    reader: Client, trade: FlashTrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt_chain, "PAGE_SIZE", 1)
    newest = reader.get(CHAIN)
    assert ([each.number for each, _ in newest.context["receipts"]], newest.context["older"]) == ([2], 2)
    older = reader.get(f"{CHAIN}?before=2")
    assert ([each.number for each, _ in older.context["receipts"]], older.context["older"]) == ([1], None)


@pytest.mark.parametrize("query", ["wallet=0", "wallet=x", "before=-1", "before=99999999999", "wallet="])
def test_a_chain_that_is_nobodys_or_no_page_is_not_found(reader: Client, trade: FlashTrade, query: str) -> None:
    assert reader.get(f"{CHAIN}?{query}").status_code == 404


def test_the_chain_of_another_person_is_not_found(client: Client, trade: FlashTrade, bob: Trader) -> None:
    assert client.get(CHAIN).status_code == 302
    client.login(email=bob.user.email, password=PASSWORD)
    for path in (CHAIN, "/history/receipts.txt"):
        assert client.get(f"{path}?wallet={trade.wallet_id}").status_code == 404
    assert "No receipts in this wallet yet" in client.get(CHAIN).content.decode()
