"""The notation of numbers, ids and instants: reads and writes them.

Python's own parsers accept too much: `Decimal("1_0")`, `Decimal("１０")` and `Decimal("NaN")` all succeed.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?", re.ASCII)
_TOO_LARGE = re.compile(r"[1-9][0-9]{18,}(\.[0-9]{1,18})?", re.ASCII)
_WHOLE = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_TYPED = re.compile(r"(-?)([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]*)(?:\.([0-9]*))?", re.ASCII)
_WIDE = str.maketrans("０１２３４５６７８９．，－−", "0123456789.,--")
_BLANKS = " \t\r\n\u00a0\u3000"
_EXPONENT_MAX = 18
_READ_BELOW = 10**18
ID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
"""The one form of an id, in small or capital letters. Python also takes braces, `urn:uuid:` and hyphens anywhere."""

_ID = re.compile(ID, re.ASCII)


def parse_decimal(value: object) -> Decimal | None:
    """Returns the decimal of a JSON number or of a plain string like "100" or "-0.25"; None for any other value."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        if not value.is_finite() or abs(value.adjusted()) > _EXPONENT_MAX:
            return None
        value = format(value, "f")
    elif isinstance(value, int):
        value = str(value) if abs(value) < _READ_BELOW else ""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        return None
    return Decimal(value)


def is_too_large(value: object) -> bool:
    """Whether the value is a number above zero that `parse_decimal` doesn't read because it has more than 18 digits."""
    if isinstance(value, Decimal):
        return value.is_finite() and value >= _READ_BELOW
    if isinstance(value, int):
        return value >= _READ_BELOW
    return isinstance(value, str) and _TOO_LARGE.fullmatch(value) is not None


def parse_whole(value: object) -> int | None:
    """Returns the whole number of a JSON value: a number like 60 or a string like "60". None for any other value.

    Every whole number in a request is read by this rule. `60.0`, `6e1`, "060" and `true` are none.
    """
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def parse_typed_decimal(text: object) -> Decimal | None:
    """Returns the decimal that a person typed, like "1234.5", " 1,234.5 ", "007", ".5" or "5."; else None.

    Commas may only separate groups of three digits. Dropping others would turn "1,50" into a hundred times 1.50. Full
    width, as Korean and Japanese keyboards write it, means the same. `readTyped` in static/js/core/typed.js follows the
    same rules on pages.
    """
    if not isinstance(text, str):
        return None
    found = _TYPED.fullmatch(text.strip(_BLANKS).translate(_WIDE))
    if found is None or not (found[2] or found[3]):
        return None
    whole, fraction = found[2].replace(",", "").lstrip("0") or "0", found[3]
    return parse_decimal(found[1] + whole + (f".{fraction}" if fraction else ""))


def places(value: Decimal) -> int:
    """Returns the number of decimal places that the value needs: 1.50 needs one."""
    return len(format(value, "f").partition(".")[2].rstrip("0"))


def write_decimal(value: Decimal) -> str:
    """Returns the shortest plain notation: no exponent, no trailing zeros. Hashes are computed over it."""
    # By hand: Decimal.normalize rounds to the 28 digits of the context.
    text = format(value, "f")
    shortest = text.rstrip("0").rstrip(".") if "." in text else text
    return shortest if value else "0"


def parse_id(text: object) -> UUID | None:
    """Returns the id in this text; None for any other value. Ids are written in small letters."""
    return UUID(text) if isinstance(text, str) and _ID.fullmatch(text) else None


_ID_START = re.compile(r"[0-9a-f-]{4,36}", re.ASCII)


def id_range(text: str) -> tuple[UUID, UUID] | None:
    """Returns the first and the last id that begin with this text of at least four hexadecimal digits; None for others.

    The text may stand before the hyphens or after them, so that any copied beginning of an id finds it.
    """
    typed = text.strip().lower()
    digits = typed.replace("-", "")
    if not _ID_START.fullmatch(typed) or not 4 <= len(digits) <= 32:
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))


def is_written_readably(value: Decimal) -> bool:
    """Whether `parse_decimal` reads the text of `write_decimal`: at most 18 digits before the point and 18 after it.

    A number that is stored as text, hashed or proven has passed this before: a reader of the text would refuse it.
    """
    if not value.is_finite() or abs(value.adjusted()) > _EXPONENT_MAX:
        return False  # the text of 1e1000000 would have a million digits
    return parse_decimal(write_decimal(value)) is not None


def write_instant(value: datetime) -> str:
    """Returns ISO-8601 in UTC with a Z; without a fraction of a second if it is zero."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_instant(value: str) -> datetime | None:
    """Returns the instant of an ISO-8601 text with a zone; None for any other text."""
    if not value.isascii():
        return None
    try:
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):  # the year 1 in a zone east of UTC lies before the first UTC instant
        return None
