"""`{% load office %}`: values in the templates of the back office, as its lists show them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from accounts.admin import columns

register = Library()
register.filter("instant", columns.instant)
register.filter("money", columns.money)
register.filter("gain", columns.gain)
register.filter("signed", columns.signed)
register.filter("number", columns.number)
register.filter("percent", columns.percent)
register.filter("short_id", columns.short_id)
register.filter("book", columns.book)
register.filter("arrow", columns.arrow)
register.filter("role", columns.role)


@register.filter
def labelled(cells: Iterable[str], headers: Sequence[Mapping[str, Any]]) -> Iterator[SafeString]:
    """A row's cells, each with the name of its column: a phone shows a row as a card."""
    for cell, header in zip(cells, headers, strict=False):
        role = "rowheader" if cell.startswith("<th") else "cell"
        opened = format_html(' role="{}" data-label="{}"', role, capfirst(header["text"]))
        yield SafeString(cell[:3] + opened + cell[3:])  # Django's own cell begins with "<td" or "<th"
