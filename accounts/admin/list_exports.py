"""Lists as CSV: the columns and the rows that the reader sees, with a record of who took them."""

import csv
import re
from collections.abc import Iterator, Sequence
from html import unescape
from io import StringIO
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext

from accounts.selectors.people.person import id_of
from accounts.services.approvals.note_export import note_export
from accounts.wire.spreadsheet import cell

PERMISSION = "accounts.export_lists"
ROWS_MAX = 10_000
"""A longer list is narrowed by its filters first."""

BYTE_ORDER_MARK = "\ufeff"
EMPTY = "–"
MONEY = re.compile(
    r'(?:<span class="(?:gain|loss|)">)?<span class="number" translate="no">'
    r"([+−-]?[\d,]+(?:\.\d+)?) <small>(\w+)</small></span>(?:</span>)?"
)
"""A cell of money, as `columns` writes it."""

LINE_END = re.compile(r"<br>|</div>")
SHORTENED = re.compile(r'<(\w+)[^>]* title="([^"]*)"[^>]*>.*?</\1>')
"""A short id, with the whole one as its title."""


class Sum(NamedTuple):
    """A sum of money as a spreadsheet counts it: `-1234.50` and its currency."""

    number: str
    currency: str


def cell_of(shown: str) -> str | Sum:
    """A cell of a list without its markup: ids whole, sums as numbers."""
    money = MONEY.fullmatch(shown.strip())
    if money:
        return Sum(money[1].replace(",", "").replace("−", "-").removeprefix("+"), money[2])
    lines = LINE_END.sub(" ", SHORTENED.sub(r"\2", shown))
    return " ".join(unescape(strip_tags(lines)).split())


def sheet(titles: Sequence[str], rows: Sequence[Sequence[str | Sum]]) -> Iterator[list[str]]:
    """The lines of a file. A column of sums becomes two: nobody can add up cells like `100.00 USDT`."""
    sums = {column for row in rows for column, value in enumerate(row) if isinstance(value, Sum)}
    heads = [
        (title, gettext("{column}: currency").format(column=title)) if at in sums else (title,)
        for at, title in enumerate(titles)
    ]
    yield [each for head in heads for each in head]
    for row in rows:
        cells = [_two(value) if at in sums else (str(value),) for at, value in enumerate(row)]
        yield [each for pair in cells for each in pair]


def _two(value: str | Sum) -> tuple[str, str]:
    return value if isinstance(value, Sum) else ("" if value == EMPTY else value, "")


class Exported(admin.ModelAdmin[Any]):
    """Gives a list its export: a button, whose answer has the same filters and columns."""

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        address = ""
        if request.user.has_perm(PERMISSION):
            page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
            address = f"{page}?{request.GET.urlencode()}"
        return super().changelist_view(request, {"export_address": address, **(extra_context or {})})

    def export(self, request: HttpRequest) -> HttpResponse:
        """Handles POST; the query is that of the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not (request.user.has_perm(PERMISSION) and self.has_view_permission(request)):
            raise PermissionDenied
        rows = list(self.get_changelist_instance(request).get_queryset(request)[:ROWS_MAX])
        note_export(
            list_name=str(self.opts.model_name),
            filters=request.GET.urlencode(),
            rows=len(rows),
            taken_by=id_of(request.user),
            now=timezone.now(),
        )
        columns = [name for name in self.get_list_display(request) if name != "action_checkbox"]
        titles = [str(label_for_field(name, self.model, self)) for name in columns]
        text = StringIO()
        csv.writer(text).writerows(
            [cell(value) for value in line] for line in sheet(titles, [list(self._cells(row, columns)) for row in rows])
        )
        named = f'attachment; filename="{self.opts.model_name}.csv"'
        return HttpResponse(
            BYTE_ORDER_MARK + text.getvalue(), "text/csv; charset=utf-8", headers={"Content-Disposition": named}
        )

    def _cells(self, row: Any, columns: list[Any]) -> Iterator[str | Sum]:
        for name in columns:
            field, attribute, value = lookup_field(name, row, self)
            if field is not None and not field.many_to_one:
                shown = display_for_field(value, field, EMPTY)
            else:
                shown = display_for_value(value, EMPTY, getattr(attribute, "boolean", False))
            yield cell_of(str(shown))
