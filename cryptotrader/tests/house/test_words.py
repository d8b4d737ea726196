"""The sources use plain words: no archaisms, and the noun instead of "what" with "-ever"."""

import re
from collections.abc import Iterator

import pytest

from cryptotrader.tests.house.test_architecture import ROOMS, ROOT, SOURCES

FORBIDDEN = (
    "whoever", "whomever", "whosoever", "whatever", "whatsoever", "whichever", "whence", "whither", "whereof",
    "whereby", "wherein", "thereof", "therein", "thereby", "thereupon", "hereby", "herein", "hitherto", "albeit",
    "lest", "one's own", "oneself",
)  # fmt: skip
WORD = re.compile(rf"\b({'|'.join(FORBIDDEN)})\b", re.IGNORECASE)


def archaisms(text: str) -> Iterator[str]:
    """Yields each forbidden word with its line number."""
    for number, line in enumerate(text.splitlines(), 1):
        yield from (f"{number}: {found[0]}" for found in WORD.finditer(line))


def test_it_finds_a_forbidden_word_in_any_case_but_not_inside_another() -> None:
    assert list(archaisms("# Whoever asks\nthe honest one: somewhatever")) == ["1: Whoever"]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_plain_words(room: str) -> None:
    paths = [path for path in SOURCES if path.is_relative_to(ROOT / room) and path.name != "test_words.py"]
    assert [f"{path.relative_to(ROOT)}:{word}" for path in paths for word in archaisms(path.read_text())] == []
