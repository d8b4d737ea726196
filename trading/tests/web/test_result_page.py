import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.cast import NOON, PASSWORD
from trading.domain.proof.jws import public_jwk
from trading.models import FlashTrade
from trading.selectors.proof.proofs import public_keys
from trading.services.proof.publish_digests import publish_digests
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader
from trading.tests.closing import ask, at, open_one
from trading.tests.script import load_script


@pytest.fixture
def reader(client: Client, stage: Stage, alice: Trader) -> Client:
    assert client.login(email=alice.user.email, password=PASSWORD)
    return client


@pytest.fixture
def settled(stage: Stage, alice: Trader) -> FlashTrade:
    trade = alice.place()
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] + ["60000.01"] * 62)
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=61))
    return trade


def page(client: Client, trade: FlashTrade) -> str:
    answer = client.get(f"/trades/{trade.pk}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_what_decided_and_leads_to_the_proof(reader: Client, settled: FlashTrade) -> None:
    html = page(reader, settled)
    assert html.count('<tr class="decides">') == 2
    assert "60,000.01" in html
    assert "+85.00" in html
    assert f'href="/trades/{settled.pk}/proof.json"' in html
    assert "verify/verify_trade.py" in html
    assert "The digest of this day is not published yet." in html
    assert f"/trades/{settled.pk}/" in reader.get("/history/").content.decode()

    (digest,) = publish_digests(now=NOON + timedelta(days=1))
    assert digest.digest in page(reader, settled)


def test_what_is_downloaded_can_be_checked(reader: Client, settled: FlashTrade) -> None:
    answer = reader.get(f"/trades/{settled.pk}/proof.json")
    assert answer["Content-Disposition"] == f'attachment; filename="proof-{settled.pk}.json"'
    report, _ = load_script().verify(answer.content.decode(), {"keys": [public_jwk(key) for key in public_keys()]})
    assert report.faults == []


def test_an_open_trade_has_a_page_and_no_proof_yet(reader: Client, alice: Trader) -> None:
    trade = alice.place()
    assert "When the trade has settled" in page(reader, trade)
    assert reader.get(f"/trades/{trade.pk}/proof.json").status_code == 409


def test_a_void_trade_shows_the_gap(reader: Client, alice: Trader) -> None:
    trade = alice.place()
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(minutes=10))
    html = page(reader, trade)
    assert "No index price came in time for the entry. The stake was given back." in html
    assert "no-entry-price" in html
    assert '<tr class="decides">' not in html


def test_a_sold_trade_shows_the_second_that_sold_it(reader: Client, stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5), min_price="12.34")
    scene.go_to(50)
    trade.refresh_from_db()
    html = page(reader, trade)
    decisive = [row for row in html.split("<tr")[1:] if row.startswith(' class="decides"')]
    assert [word in row for word, row in zip(["12:00:41", "12:00:43"], decisive, strict=True)] == [True, True]
    assert "12.34 USDT" in html
    assert f"{trade.sale:.2f} USDT" in html
    report, _ = load_script().verify(
        reader.get(f"/trades/{trade.pk}/proof.json").content.decode(),
        {"keys": [public_jwk(key) for key in public_keys()]},
    )
    assert report.faults == []


@pytest.mark.parametrize("ending", ["", "proof.json"])
def test_another_persons_trade_is_not_found(client: Client, settled: FlashTrade, bob: Trader, ending: str) -> None:
    assert client.get(f"/trades/{settled.pk}/{ending}").status_code == 302
    client.login(email=bob.user.email, password=PASSWORD)
    assert client.get(f"/trades/{settled.pk}/{ending}").status_code == 404
    assert client.get(f"/trades/{uuid4()}/{ending}").status_code == 404


def test_staff_take_the_proof_from_the_back_office(client: Client, settled: FlashTrade, bob: Trader) -> None:
    address = reverse("admin:trading_flashtrade_proof", args=[settled.pk])
    client.force_login(bob.user)
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD, locale="en"))
    assert address in client.get(reverse("admin:trading_flashtrade_change", args=[settled.pk])).content.decode()
    assert json.loads(client.get(address).content)["proof"]["trade"]["id"] == str(settled.pk)
    assert client.get(reverse("admin:trading_flashtrade_proof", args=[uuid4()])).status_code == 404
    for table in ("dailydigest", "signingkey"):
        assert client.get(reverse(f"admin:trading_{table}_changelist")).status_code == 200
