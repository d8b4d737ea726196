"""Checks of texts that come from outside."""

import re
from unicodedata import category

LENGTH_MAX = 4096
"""The most characters of a text in a request, where its field has no bound of its own; of a password too."""


def storable(text: str) -> bool:
    """Whether the text has no NUL (PostgreSQL refuses it) and no lone surrogate (UTF-8 can't encode it).

    JSON allows both.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Letters, marks and signs that are drawn as nothing, beside the format characters (category Cf)."""

NOT_DRAWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def is_plain(text: str, *, lines: bool = False) -> bool:
    """Whether others read the text as it is stored; with `lines` it may have line ends.

    The one rule for names, labels and reasons. An override of the direction of writing (U+202E) shows a name backwards,
    and two names that differ only in invisible characters look the same.
    """
    seen = text.replace("\n", "") if lines else text
    return storable(text) and not UNSEEN.search(seen) and all(category(sign) not in NOT_DRAWN for sign in seen)


def plain(text: str) -> str:
    """Returns the text without the characters that `is_plain` refuses, on one line, for names that we adjust."""
    return "".join(sign for sign in " ".join(text.split()) if is_plain(sign))


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: it has only spaces, controls and invisible characters."""
    return all(category(sign)[0] in "ZC" for sign in text)
