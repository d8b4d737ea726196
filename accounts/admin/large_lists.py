"""Lists of tables that grow for ever: neither a page, a filter nor a search reads the whole table."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin.older_pages import OlderPages
from accounts.domain.cashier.real_money import Provider
from accounts.domain.errors import mark
from accounts.domain.money import SCALES
from accounts.selectors.access.logins import id_of_email

NOBODY = -1
FOUND_MAX = 200

Search = Callable[[str], Q | None]
"""Reads a search text as a condition that an index answers; None where the text can't be such a value."""


class LargeList(admin.ModelAdmin[Any]):
    """A list of a table that grows: page by page by its primary key, without a count.

    Its search finds values by the indexes of their columns.
    """

    searches: Sequence[Search] = ()
    """The first that can read the text decides; without any, the list is empty."""

    looks_through = 20_000
    """Rows that a filter looks at for one page."""

    indexed_filters: Mapping[str, Collection[str] | None] = {}
    """Filters that an index answers, by parameter, with their values (None: all values): they look at all rows."""

    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OlderPages

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Model], search_term: str
    ) -> tuple[QuerySet[Model], bool]:
        """Django's own search compares each row's columns as text."""
        text = search_term.strip()
        if not text:
            return queryset, False
        wanted = next((found for search in self.searches if (found := search(text)) is not None), None)
        return (queryset.none() if wanted is None else queryset.filter(wanted)), False


class OneOf(admin.SimpleListFilter):
    """Offers the values that are known, in the reader's words. Django's own asks the whole table which ones it has."""

    names: Mapping[str, str] = {}
    """By value: its name, marked for translation."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(value, gettext(name)) for value, name in self.known().items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.value()
        return queryset.filter(**{str(self.parameter_name): asked}) if asked in self.known() else queryset

    def known(self) -> Mapping[str, str]:
        """The values with their names."""
        return self.names


def one_of(column: str, title: Any, names: Mapping[Any, str]) -> type[OneOf]:
    """A filter of this column by these values."""
    known = {str(value): name for value, name in names.items()}
    return type(f"By{column.title()}", (OneOf,), {"title": title, "parameter_name": column, "names": known})


CurrencyFilter = one_of("currency", _("currency"), {currency: currency for currency in SCALES})
ProviderFilter = one_of("provider", _("provider"), {Provider.MANUAL: mark("by hand"), Provider.BTCPAY: "BTCPay"})


def by_uuid(column: str) -> Search:
    """Searches a column of ids such as a trade's."""

    def search(text: str) -> Q | None:
        try:
            return Q(**{column: UUID(text)})
        except ValueError:
            return None

    return search


def by_part(find: Callable[..., Sequence[Model]]) -> Search:
    """Searches as the search of the whole back office does, by one of its selectors."""
    return lambda text: Q(pk__in=[row.pk for row in find(text, limit=FOUND_MAX)])


def by_person(column: str) -> Search:
    """Searches a column of people's ids by a whole email."""

    def search(text: str) -> Q | None:
        return Q(**{column: id_of_email(text) or NOBODY}) if "@" in text else None

    return search
