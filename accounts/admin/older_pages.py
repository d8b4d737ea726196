"""Pages of a long list by where they begin, never by a number of rows to skip or a count of all."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

BEYOND = "beyond"
"""The parameter of an address: the rows behind this one, in the order of the list."""


class OlderPages(ChangeList):
    """Shows one page of rows in the order of the primary key, and the way to the next.

    A filter that no index answers would read the whole table to find a page of rare rows. So it looks through the next
    `looks_through` rows only, and the reader decides whether to look further.
    """

    model_admin: Any
    older = ""
    """The address of the next page; empty on the last."""

    looked_through = 0
    """The number of rows among which a filter has looked, if there are more; else 0."""

    is_later = False
    """Whether this isn't the first page."""

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found: dict[str, Any] = super().get_filters_params(params)
        found.pop(BEYOND, None)
        return found

    def get_query_string(self, new_params: dict[str, Any] | None = None, remove: Iterable[str] | None = None) -> str:
        """The links of filters lead to first pages."""
        text: str = super().get_query_string(new_params, [*(remove or ()), BEYOND])
        return text

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return ["-pk" if self._descends else "pk"]

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        return self._behind(found)

    def get_results(self, request: HttpRequest) -> None:
        rows, edge = self.queryset, self._edge(request)
        if edge is not None:
            rows = rows.filter(**{"pk__gte" if self._descends else "pk__lte": edge})
        page = list(rows[: self.list_per_page + 1])
        shown = page[: self.list_per_page]
        if len(page) > len(shown):
            self.older = super().get_query_string({BEYOND: shown[-1].pk})
        elif edge is not None:
            self.older = super().get_query_string({BEYOND: edge})
            self.looked_through = self.model_admin.looks_through
        self.is_later = BEYOND in self.params
        self.result_list, self.result_count, self.full_result_count = shown, len(shown), None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = False

    @property
    def _descends(self) -> bool:
        return str(self.model_admin.ordering[0]).startswith("-")

    def _behind(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        text = self.params.get(BEYOND)
        if not text:
            return rows
        try:
            row = self.lookup_opts.pk.to_python(text)
        except ValidationError as error:
            raise IncorrectLookupParameters(error) from error
        return rows.filter(**{"pk__lt" if self._descends else "pk__gt": row})

    def _edge(self, request: HttpRequest) -> Any:
        """The last row that a filter looks at; None if it looks at all."""
        if not self._looks_at_each_row():
            return None
        base, _ = self.model_admin.get_search_results(request, self.root_queryset, self.query)
        ids = self._behind(base).order_by(*self.get_ordering(request, base)).values_list("pk", flat=True)
        last = self.model_admin.looks_through
        around = list(ids[last - 1 : last + 1])
        return around[0] if len(around) > 1 else None

    def _looks_at_each_row(self) -> bool:
        """Whether a filter is on, and none that an index answers."""
        indexed = self.model_admin.indexed_filters
        asked = self.get_filters_params()
        return bool(asked) and not any(
            name in indexed and set(values) <= set(indexed[name] or values) for name, values in asked.items()
        )
