"""Prints rows for people: a heading, the columns' names, aligned values."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

_UNITS = ("B", "kB", "MB", "GB", "TB")
_WIDTH_MAX = 100


def table(title: str, rows: Sequence[Mapping[str, Any]] | None) -> Iterator[str]:
    """The lines of a section. A column whose name ends in `bytes` is shown in units of 1,000. None: unreadable."""
    yield f"== {title.replace('_', ' ')}"
    if rows is None:
        yield "can't be read: see the notes"
    elif not rows:
        yield "none"
    else:
        names = list(rows[0])
        cells = [[shown(name, row[name]) for name in names] for row in rows]
        widths = [max(len(name), *(len(row[n]) for row in cells)) for n, name in enumerate(names)]
        for line in [names, *cells]:
            yield "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
    yield ""


def shown(name: str, value: object) -> str:
    """One value, in at most a line."""
    if value is None:
        return "-"
    if name.endswith("bytes"):
        return in_units(float(str(value)))
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}"
    text = f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
    return " ".join(text.split())[:_WIDTH_MAX]


def in_units(count: float) -> str:
    """1234567 -> 1.2 MB"""
    for unit in _UNITS:
        if abs(count) < 1000 or unit == _UNITS[-1]:
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
