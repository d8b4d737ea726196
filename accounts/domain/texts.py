"""Which strings can be kept. JSON lets through two kinds that neither a database nor a hash can take."""


def storable(text: str) -> bool:
    """Whether the text has no NUL, which PostgreSQL refuses, and no lone surrogate, which UTF-8 can't write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
