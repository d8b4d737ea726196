"""The notation of codes that people type or paste: six digits of an app, recovery codes."""

import unicodedata

_BLANK = {"Zs", "Zl", "Zp", "Cc", "Cf"}
"""Unicode's categories of spaces, line ends, control and format characters."""


def plain_code(typed: str) -> str:
    """Returns the code without spaces, hyphens and invisible characters, full-width characters as plain ones.

    Pasted codes come with a no-break space in the middle, and Korean keyboards can type full-width digits. None of this
    changes the meaning of a code. Every other character stays, and makes the code a wrong one.
    """
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(each for each in plain if each != "-" and unicodedata.category(each) not in _BLANK)
