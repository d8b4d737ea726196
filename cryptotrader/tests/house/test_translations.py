"""Every text for people in the sources has a Korean translation."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings

from cryptotrader.translations import ROOMS, ROOT, catalogs, extract_all, read_catalog

NAMES = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
PARTICLE = re.compile(r"(?:\}|\)[sd])(?:을|를|이|가|은|는|와|과|로|으로)(?![가-힣])")
COUNT = re.compile(r"(?:\{\w+\}|%\(\w+\)[sd]) (?:[a-z]+ )?(?!(?:is|was|has|takes)\b)[a-z]+s\b")
NEVER_ONE = {  # their numbers are our bounds
    "%(most)s characters", "%(least)s characters", "{places} decimal places", "%(number)s rows", "%(number)s trades",
    "%(days)s days", "%(n)s trades", "%(n)s minutes", "%(n)s results",
}  # fmt: skip
OTHER_NAMES = re.compile(r"(?m)^- [^:]+: [^(]+\((.+)\)$")

Key = tuple[str, str | None]


def texts(catalog: Catalog) -> dict[Key, Message]:
    return {(_first(message.id), message.context): message for message in catalog if message.id}


@pytest.fixture(scope="module", params=catalogs(), ids=lambda path: path.parts[-3])
def translated(request: pytest.FixtureRequest) -> Catalog:
    path: Path = request.param
    return read_catalog(path)


@pytest.fixture(scope="module")
def extracted() -> dict[Key, Message]:
    return texts(extract_all())


def test_every_language_has_a_catalog() -> None:
    languages = {code for code, _ in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert {path.parts[-3] for path in catalogs()} == languages


def test_it_finds_texts_in_python_templates_and_refusals(extracted: dict[Key, Message]) -> None:
    assert ("There is no fresh price at the moment", None) in extracted
    assert ("A tie returns the stake.", None) in extracted
    assert ("Trade", "one flash trade") in extracted


def test_a_count_before_a_noun_is_one_too(extracted: dict[Key, Message]) -> None:
    """ "1 receipts": such a text has a plural, or the count stands behind a colon."""
    known = {text for text, _ in extracted}
    counted = [
        (text, found)
        for text, message in extracted.items()
        if not message.pluralizable
        for found in COUNT.findall(text[0])
    ]
    wrong = [text for (text, _), found in counted if found not in NEVER_ONE and found.removesuffix("s") not in known]
    assert wrong == []
    assert COUNT.findall("{n} signed receipts of %(count)d traders") == ["{n} signed receipts", "%(count)d traders"]
    assert {found for _, found in counted} > NEVER_ONE


def test_a_term_has_one_name_in_korean() -> None:
    """The glossary tells which."""
    others = {
        name for names in OTHER_NAMES.findall((ROOT / "docs/glossary.md").read_text()) for name in names.split(", ")
    }
    assert "초단기 거래" in others
    sources = [ROOT / "locale/ko/LC_MESSAGES/django.po", ROOT / "README.ko.md", *(ROOT / "docs").glob("*.ko.md")]
    found = [(path.name, name) for path in sources for name in others if name in path.read_text()]
    assert found == []


def test_no_text_hides_in_an_f_string() -> None:
    """Babel doesn't read f-strings before Python 3.12, so such a text would always stay English."""
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "tests" not in path.parts]
    assert [str(path.relative_to(ROOT)) for path in sources if _hides_text(ast.parse(path.read_text()))] == []
    assert _hides_text(ast.parse("f'{_(\"Wallet\")}'"))


def test_every_text_is_translated(translated: Catalog, extracted: dict[Key, Message]) -> None:
    known = texts(translated)
    assert [key for key in extracted if key not in known] == [], "run python -m cryptotrader.translations"
    assert [key for key, message in known.items() if not all(_strings(message))] == []
    assert [key for key, message in known.items() if message.fuzzy] == []


def test_no_translation_is_left_of_a_text_that_is_gone(translated: Catalog, extracted: dict[Key, Message]) -> None:
    assert [key for key in texts(translated) if key not in extracted] == []
    assert list(translated.obsolete) == []


def test_placeholders_survive_translation(translated: Catalog) -> None:
    for (text, _), message in texts(translated).items():
        for string in _strings(message):
            assert sorted(NAMES.findall(string)) == sorted(NAMES.findall(text)), text


def test_babel_compiles_without_a_complaint(translated: Catalog) -> None:
    assert [(message.id, [str(error) for error in errors]) for message, errors in translated.check()] == []


def test_no_korean_particle_follows_a_variable(translated: Catalog) -> None:
    """The right particle depends on the word's last sound, which nobody knows beforehand."""
    assert [
        string for message in texts(translated).values() for string in _strings(message) if PARTICLE.search(string)
    ] == []


def _hides_text(module: ast.Module) -> bool:
    inside = (node for text in ast.walk(module) if isinstance(text, ast.JoinedStr) for node in ast.walk(text))
    calls = (node.func for node in inside if isinstance(node, ast.Call))
    return any(isinstance(func, ast.Name) and func.id in {"_", "mark", "gettext", "gettext_lazy"} for func in calls)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (str(message.string or ""),)


def _first(id: str | tuple[str, ...] | list[str]) -> str:
    return id if isinstance(id, str) else id[0]
