"""`{% load office %}`: values in the templates of the back office, as its lists show them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.admin import columns
from accounts.domain.money import tell_change

register = Library()
NUMBER = re.compile(r'<t[dh][^>]*>(<a [^>]*>)?(<span class="(gain|loss|)">)?<span class="number" ')
"""The beginning of a cell that is a number: an arrow with its word has another class beside."""

register.filter("instant", columns.instant)
register.filter("money", columns.money)
register.filter("gain", columns.gain)
register.filter("signed", columns.signed)
register.filter("signed_text", tell_change)
register.filter("number", columns.number)
register.filter("count", columns.count)
register.filter("percent", columns.percent)
register.filter("short_id", columns.short_id)
register.filter("book", columns.book)
register.filter("arrow", columns.arrow)
register.filter("role", columns.role)


@register.filter
def with_numbers(headers: Iterable[dict[str, Any]], rows: Iterable[Iterable[str]]) -> list[dict[str, Any]]:
    """The columns of a list, each with `numbers`: whether it has numbers, which stand at the end of their column."""
    cells = [list(row) for row in rows]
    return [
        {**header, "numbers": any(NUMBER.match(row[column]) for row in cells if column < len(row))}
        for column, header in enumerate(headers)
    ]


@register.filter
def labelled(cells: Iterable[str], headers: Sequence[Mapping[str, Any]]) -> Iterator[SafeString]:
    """A row's cells, each with the name of its column: a phone shows a row as a card."""
    for cell, header in zip(cells, headers, strict=False):
        role = "rowheader" if cell.startswith("<th") else "cell"
        number = SafeString(" data-number" if header["numbers"] else "")
        opened = format_html(' role="{}" data-label="{}"{}', role, capfirst(header["text"]), number)
        yield SafeString(cell[:3] + opened + cell[3:])  # Django's own cell begins with "<td" or "<th"
