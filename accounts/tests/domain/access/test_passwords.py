"""RFC 8265: one password, however it is spelled."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.domain.access.passwords import ProhibitedCharacters, prepared, spellings

HANGUL = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=12)
LETTERS = st.characters(categories=["L", "M", "N", "P", "S", "Zs"], max_codepoint=0xFFFF)
TYPED = st.text(LETTERS, min_size=1, max_size=12)


@given(st.one_of(HANGUL, TYPED))
@example("Ångström")  # ANGSTROM SIGN: no form of normalization brings it back
@example("한국어 비밀번호")
def test_each_spelling_is_the_same_password(typed: str) -> None:
    try:
        right = prepared(typed)
    except ProhibitedCharacters:
        return
    assert prepared(right) == right
    for form in ("NFC", "NFD"):
        assert prepared(unicodedata.normalize(form, typed)) == right
    assert {right, typed, unicodedata.normalize("NFD", right)} == set(spellings(typed))


@pytest.mark.parametrize("space", ["\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}", "\N{THIN SPACE}"])
def test_every_space_is_a_space(space: str) -> None:
    assert prepared(f"correct{space}horse") == "correct horse"


@pytest.mark.parametrize("different", ["Passwort", "ｐａｓｓｗｏｒｔ", "paſſwort", "passwort "])
def test_case_width_and_old_letters_stay_what_they_are(different: str) -> None:
    assert prepared(different) == different != "passwort"


@pytest.mark.parametrize("odd", ["", "a\tb", "a\0b", "a\x7fb", "a\u200bb", "a\N{SOFT HYPHEN}b", "\ud800", "\U000e0041"])
def test_what_nobody_can_see_or_type_again_is_no_password(odd: str) -> None:
    with pytest.raises(ProhibitedCharacters):
        prepared(odd)


def test_letters_of_ascii_cost_one_hash() -> None:
    assert spellings("correct horse battery") == ["correct horse battery"]
