import re
from pathlib import Path

import pytest
from django.test import Client

from cryptotrader.catalogue import known_problems

DOCUMENT = Path(__file__).parents[3] / "docs" / "problems.md"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "title"), [("en", "There is no fresh price at the moment"), ("ko", "현재 유효한 최신 가격이 없습니다")]
)
def test_every_code_leads_somewhere(client: Client, language: str, title: str) -> None:
    page = client.get("/docs/problems", headers={"Accept-Language": language}).content.decode()
    assert set(re.findall(r'<div id="([a-z-]+)">', page)) == set(known_problems())
    assert title in page


def test_the_document_says_of_every_code_what_to_do() -> None:
    assert set(re.findall(r"^### `([a-z-]+)`", DOCUMENT.read_text(), re.MULTILINE)) >= set(known_problems())


def test_it_knows_the_refusals_of_every_room() -> None:
    known = known_problems()
    assert known["stale-price"] == (503, "There is no fresh price at the moment")
    assert known["insufficient-funds"] == (409, "Not enough is available in the wallet")  # the general title
    assert {"insufficient-funds", "body-too-large", "too-many-attempts"} <= set(known)
