"""The pages of instruments and of help, for visitors too."""

import re

import pytest
from django.test import Client

from accounts.tests.cast import NOON, standing
from trading.domain.terms import Status
from trading.services.instruments.set_instrument_status import set_instrument_status
from trading.tests.cast import SYMBOL, Stage, open_stage

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = 6


def test_each_instrument_says_what_it_offers(client: Client, stage: Stage) -> None:
    open_stage("ETH-USDT")
    set_instrument_status(symbols=["ETH-USDT"], status=Status.PAUSED, reason="venues fail", clock=standing(NOON))
    html = client.get("/instruments/").content.decode()
    assert re.findall(r'data-row="([^"]+)"', html) == [SYMBOL, "ETH-USDT"]
    for text in ("60,000.00", "85%", "54.1%", "15s · 30s · 1m · 5m · 1h", "Simulated", f'href="/trade/{SYMBOL}/"'):
        assert text in html
    assert html.count('<span class="badge badge-care">paused</span>') == 1


def test_without_instruments_it_says_so(client: Client) -> None:
    assert "There are no instruments yet." in client.get("/instruments/").content.decode()


@pytest.mark.parametrize(("language", "word"), [("en", "Close early"), ("ko", "조기 청산")])
def test_the_pictures_of_the_help_speak_the_readers_language(client: Client, language: str, word: str) -> None:
    html = client.get("/help/", headers={"Accept-Language": language}).content.decode()
    pictures = re.findall(r'<svg class="help-picture".*?</svg>', html, re.DOTALL)
    assert len(pictures) == PICTURES
    assert sum(word in picture for picture in pictures) == 1
