"""Lists of tables that grow for ever: neither their count nor a search reads the whole table."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.domain.money import SCALES
from accounts.selectors.access.logins import id_of_email

COUNTED_MAX = 10_000
"""Nobody pages through more rows; a search or a filter leads there."""

NOBODY = -1

Search = Callable[[str], Q | None]
"""Reads a search text as a condition that an index answers; None where the text can't be such a value."""


class CappedPaginator(Paginator[Any]):
    """Counts no further than COUNTED_MAX, and has pages for so many rows."""

    @cached_property
    def count(self) -> int:
        """The number of rows, at most COUNTED_MAX."""
        rows: Any = self.object_list
        return int(rows.order_by()[:COUNTED_MAX].count())


class LargeList(admin.ModelAdmin[Any]):
    """A list whose search finds whole values only, each by an index of its column."""

    paginator = CappedPaginator
    searches: Sequence[Search] = ()
    """The first that can read the text decides; without any, the list is empty."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Model], search_term: str
    ) -> tuple[QuerySet[Model], bool]:
        """Django's own search compares each row's columns as text."""
        text = search_term.strip()
        if not text:
            return queryset, False
        wanted = next((found for search in self.searches if (found := search(text)) is not None), None)
        return (queryset.none() if wanted is None else queryset.filter(wanted)), False


class CurrencyFilter(admin.SimpleListFilter):
    """Offers the known currencies. Django's own filter asks the whole table which ones it has."""

    title = _("currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(currency, currency) for currency in SCALES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(currency=self.value()) if self.value() in SCALES else queryset


def by_uuid(column: str) -> Search:
    """Searches a column of ids such as a trade's."""

    def search(text: str) -> Q | None:
        try:
            return Q(**{column: UUID(text)})
        except ValueError:
            return None

    return search


def by_person(column: str) -> Search:
    """Searches a column of people's ids by a whole email."""

    def search(text: str) -> Q | None:
        return Q(**{column: id_of_email(text) or NOBODY}) if "@" in text else None

    return search
