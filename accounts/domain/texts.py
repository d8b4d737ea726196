"""Checks that a string can be stored. JSON allows two kinds of text that databases and hashes can't take."""


def storable(text: str) -> bool:
    """Whether the text has no NUL (PostgreSQL refuses it) and no lone surrogate (UTF-8 can't encode it)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
