"""Staff pages of index prices and of what was pruned of them. Read-only."""

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import LargeList, ReadOnlyAdmin, columns
from accounts.domain.notation import places
from trading.admin.venues import venues
from trading.models import IndexPrice, PricePruning


@admin.register(IndexPrice)
class IndexPriceAdmin(LargeList, ReadOnlyAdmin):
    list_select_related = ("instrument",)
    list_display = ("second", "instrument", "value", "sequence", "origin", "hashed")
    list_display_links = ("second",)
    list_filter = ("instrument", "source")
    ordering = ("-id",)
    fields = (
        "instrument", "second", "value", "sequence", "origin", "inputs", "venues_min", "rule_version", "recorded",
        "previous", "digest",
    )  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("second"))
    def second(self, price: IndexPrice) -> str:
        return columns.instant(price.priced_at)

    @admin.display(description=_("recorded"))
    def recorded(self, price: IndexPrice) -> str:
        return columns.instant(price.recorded_at)

    @admin.display(description=_("price"))
    def value(self, price: IndexPrice) -> str:
        return columns.number(price.price, places=places(price.instrument.pip))

    @admin.display(description=_("source"))
    def origin(self, price: IndexPrice) -> str:
        return gettext(price.source)

    @admin.display(description=_("venues"))
    def inputs(self, price: IndexPrice) -> str:
        """A line for each venue: its bid and ask, its time, and why it doesn't count."""
        return columns.lines(
            *(
                format_html(
                    '<span translate="no">{}: {} – {}, {}</span> {}',
                    each["venue"],
                    each["bid"],
                    each["ask"],
                    each["venue_at"],
                    each.get("out") or "",
                )
                for each in price.venues
            )
        )

    @admin.display(description=_("digest"))
    def hashed(self, price: IndexPrice) -> str:
        return columns.short_id(price.digest)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(venues)
        return [path("venues/", view, name="trading_venues"), *super().get_urls()]


@admin.register(PricePruning)
class PricePruningAdmin(ReadOnlyAdmin):
    list_display = ("of_month", "kept", "removed", "at")
    ordering = ("-month",)
    fields = list_display
    readonly_fields = ("of_month", "at")

    @admin.display(description=_("month"))
    def of_month(self, pruning: PricePruning) -> str:
        return f"{pruning.month:%Y-%m}"

    @admin.display(description=_("pruned"))
    def at(self, pruning: PricePruning) -> str:
        return columns.instant(pruning.pruned_at)
