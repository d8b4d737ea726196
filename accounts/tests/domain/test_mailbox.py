"""One mailbox has one form, and a form is one mailbox."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.mailbox import NotAMailbox, mailbox, mailbox_if_any
from accounts.tests.spellings import disguises

SIGNS = st.characters(max_codepoint=0x2FFFF, exclude_categories=["Cs"])
BORA = "bora@example.com"


@given(st.builds("{}@{}".format, st.text(SIGNS, min_size=1, max_size=8), st.text(SIGNS, min_size=1, max_size=10)))
def test_a_form_is_ascii_and_its_own_form(typed: str) -> None:
    form = mailbox_if_any(typed)
    try:
        assert mailbox(typed) == form
    except NotAMailbox:
        return
    assert form.isascii()
    assert form == form.lower() == mailbox(form)
    assert mailbox(normalize("NFD", typed)) == mailbox(normalize("NFKC", typed)) == form


@given(disguises(BORA))
def test_a_disguise_is_seen_through(typed: str) -> None:
    assert mailbox(typed) == BORA


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("민수@한국.kr", None),
        ("minsu@한국.kr", "minsu@xn--3e0b707e.kr"),
        ("minsu@XN--3E0B707E.kr", "minsu@xn--3e0b707e.kr"),
        (normalize("NFD", "minsu@한국.kr"), "minsu@xn--3e0b707e.kr"),
        ("jan@straße.de", "jan@xn--strae-oqa.de"),
        ("jan@strasse.de", "jan@strasse.de"),  # another domain, since 2010
        ("jan@faß.DE.", "jan@xn--fa-hia.de"),
        ("sara@نامه\u200cای.com", "sara@xn--mgba3gch31f060k.com"),  # there a joiner is a letter
        ("bora@example。com", BORA),
        ("bora＠example.com", BORA),
        ("bоra@example.com", None),  # a Cyrillic о
        *((f"{quoted}@example.com", None) for quoted in ('"bora"', '"b\\ora"', '""', '"bora@x"', "(a)bora", "bora,x")),
        ("o'neil_{x}|y@example.com", "o'neil_{x}|y@example.com"),
        ("b.ora+x@example.com", "b.ora+x@example.com"),  # only her provider knows whether that is she
        ("bora@under_score.example.com", "bora@under_score.example.com"),
        ("bora", None),
        ("@example.com", None),
        ("bora@", None),
        ("bora@exam\u200dple.com", None),
        ("bora@xn--abc.com", None),
        ("bora@[192.0.2.7]", None),
        ("bo ra@example.com", None),
    ],
)
def test_examples(typed: str, form: str | None) -> None:
    if form is None:
        with pytest.raises(NotAMailbox):
            mailbox(typed)
    else:
        assert mailbox(typed) == form
