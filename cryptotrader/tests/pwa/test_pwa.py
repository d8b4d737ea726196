import json
import re

import pytest
from django.test import Client

from cryptotrader.pwa import KEPT


def test_the_worker_keeps_the_offline_page_and_its_files_only(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-store" not in answer["Cache-Control"]
    found = re.match(r"self\.config = (\{.*?\});\n", answer.content.decode())
    assert found
    config = json.loads(found[1])
    assert config["kept"][:2] == ["/offline/en/", "/offline/ko/"]
    assert all(path.startswith("/static/") for path in config["kept"][2:])
    assert len(config["kept"]) == 2 + len(KEPT)


@pytest.mark.parametrize(("language", "text"), [("en", "No connection"), ("ko", "연결이 없습니다")])
def test_the_offline_page_is_the_same_for_everybody(client: Client, language: str, text: str) -> None:
    answer = client.get(f"/offline/{language}/", headers={"Accept-Language": "ko" if language == "en" else "en"})
    html = answer.content.decode()
    assert f'<html lang="{language}">' in html
    assert text in html
    assert not answer.cookies
    assert set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html)) <= {f"/static/{path}" for path in KEPT}


def test_there_is_one_in_our_languages_only(client: Client, db: None) -> None:
    assert client.get("/offline/fr/").status_code == 404
