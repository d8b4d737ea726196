"""Other ways to type an email address, each of which a mail program sends to the same mailbox."""

from hypothesis import strategies as st

INVISIBLE = "\u00ad\u200b\u2060\ufeff\u200e"
DISGUISES = (
    " Bora@Example.COM ",
    "bora@exam\u200bple.com",
    "bora@exam\u00adple.com",
    "\ufeffbora@example.com",
    "bo\u2060ra@example.com",
    "ｂｏｒａ@example.com",
    "bora@ｅｘａｍｐｌｅ.com",
    "bora@example。com",
    "bora@ⓔⓧⓐⓜⓟⓛⓔ.com",
    "bora＠example.com",
)
"""Of bora@example.com."""


def disguises(email: str) -> st.SearchStrategy[str]:
    """Draws spellings of an ASCII address: wide and capital letters, with invisible signs between."""
    letters = [st.sampled_from([sign, sign.upper(), chr(ord(sign) + 0xFEE0)]) for sign in email]
    parts = [st.tuples(letter, st.sampled_from(["", "", "", *INVISIBLE])) for letter in letters]
    return st.tuples(*parts).map(lambda drawn: "".join(sign for pair in drawn for sign in pair))
