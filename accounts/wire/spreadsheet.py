"""Values in files that people open in a spreadsheet."""

BYTE_ORDER_MARK = "\ufeff"
"""Tells spreadsheets that the file is UTF-8. Without it they often guess wrong."""


def cell(value: object) -> str:
    """Makes a value safe for spreadsheets, which read some texts as formulas. Signed numbers stay as they are."""
    text = str(value)
    number = text.removeprefix("-").replace(".", "", 1)
    is_formula = text[:1] in ("=", "+", "-", "@", "\t", "\r") and not (number.isascii() and number.isdigit())
    return f"'{text}" if is_formula else text
