import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client

from cryptotrader.documents import SHOWN, anchor
from trading.domain.rules import RULES

pytestmark = pytest.mark.django_db
DOCS = Path(settings.BASE_DIR) / "docs"


def page(client: Client, name: str, language: str = "en") -> str:
    answer = client.get(f"/docs/{name}", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode().split("<article", 1)[1].split("</article>", 1)[0]


def test_the_glossary_is_sorted_and_explains_each_word_once() -> None:
    words = re.findall(r"(?m)^\| ([^|]+) \| ", (DOCS / "glossary.md").read_text())[1:]
    compared = [word.casefold().replace(",", "") for word in words]
    assert len(compared) > 50
    assert compared == sorted(set(compared))


@pytest.mark.parametrize(("language", "title"), [("en", "Rules of the market"), ("ko", "시장 규칙")])
def test_the_rules_are_shown_in_the_readers_language(client: Client, language: str, title: str) -> None:
    html = page(client, "rules", language)
    assert f">{title}</h1>" in html
    assert f'lang="{language}"' in html
    assert "60020.63" in html
    assert 'id="11-' in html


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_number_and_its_percent_sign_stay_on_one_line(client: Client, language: str) -> None:
    assert re.search(r"\d[ \n]%", page(client, "rules", language)) is None
    assert "0.1\N{NO-BREAK SPACE}%" in page(client, "rules")


def test_a_document_without_a_translation_is_shown_in_english(client: Client) -> None:
    assert 'lang="en"' in page(client, "glossary", "ko")


def test_verification_says_in_korean_what_it_says_in_english(client: Client) -> None:
    """Both have the same programs, commands and codes to copy."""
    html, english = page(client, "verification", "ko"), page(client, "verification")
    assert 'lang="ko"' in html
    blocks, codes = re.compile(r"<pre.*?</pre>", re.DOTALL), re.compile(r"<td><code>([a-z-]+)</code>")
    assert blocks.findall(html) == blocks.findall(english) != []
    assert codes.findall(html) == codes.findall(english) != []


@pytest.mark.parametrize("name", ["runbook", "x", "rules.ko", "..%2Fpyproject", "decisions"])
def test_nothing_else_is_shown(client: Client, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_links_lead_to_what_is_there_and_no_style_is_inline(client: Client, name: str, language: str) -> None:
    html = page(client, name, language)
    assert "style=" not in html
    assert "**" not in re.sub("<code[^>]*>.*?</code>", "", html, flags=re.S)
    for target, place in re.findall(r'href="/docs/([a-z]+)(?:#([^"]*))?"', html):
        there = client.get(f"/docs/{target}", headers={"Accept-Language": language})
        assert there.status_code == 200, target
        if place and target != "problems":
            assert f'id="{unquote(place)}"' in page(client, target) + page(client, target, language), (target, place)


def test_headings_are_named_as_on_github() -> None:
    assert anchor("1. The index price") == "1-the-index-price"
    assert anchor("GET /api/v1/flash-trades/{id}") == "get-apiv1flash-tradesid"
    assert anchor("아직 없는 것") == "아직-없는-것"


@pytest.mark.parametrize("file", ["rules.md", "rules.ko.md"])
def test_the_rules_tell_every_version(file: str) -> None:
    text = (DOCS / file).read_text()
    assert re.findall(r"^\| (\d+) \|", text, re.MULTILINE) == [str(version) for version in RULES]
    for rules in RULES.values():
        assert re.search(rf"{(rules.clamp * 100).normalize()} ?%", text)
