"""Staff pages of early closes and of corrections. Read-only."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import LargeList, ReadOnlyAdmin, by_uuid, columns
from trading.models import CloseOrder, TradeCorrection


def trade_link(trade_id: object) -> str:
    """A trade's short id as a link to its page."""
    return columns.short_id(str(trade_id), reverse("admin:trading_flashtrade_change", args=[trade_id]))


@admin.register(CloseOrder)
class CloseOrderAdmin(LargeList, ReadOnlyAdmin):
    list_display = ("asked", "of_trade", "standing", "least", "offered", "why", "by_price_of", "decided")
    list_display_links = ("asked",)
    list_filter = ("state", "lapse_reason")
    list_select_related = ("trade",)
    search_fields = ("=trade__id",)
    searches = (by_uuid("trade_id"),)
    indexed_filters = {"state__exact": ("waiting",)}
    search_help_text = _("Whole id of the trade")
    ordering = ("-id",)
    fields = ("of_trade", "standing", "least", "offered", "why", "asked", "by_price_of", "decided")
    readonly_fields = fields

    @admin.display(description=_("trade"))
    def of_trade(self, order: CloseOrder) -> str:
        return trade_link(order.trade_id)

    @admin.display(description=_("state"))
    def standing(self, order: CloseOrder) -> str:
        return order.get_state_display()

    @admin.display(description=_("at least"))
    def least(self, order: CloseOrder) -> str:
        return columns.money(order.min_price, order.trade.currency)

    @admin.display(description=_("offer"))
    def offered(self, order: CloseOrder) -> str:
        return columns.money(order.offer, order.trade.currency)

    @admin.display(description=_("lapsed because"))
    def why(self, order: CloseOrder) -> str:
        return order.get_lapse_reason_display() or columns.NOTHING

    @admin.display(description=_("asked"))
    def asked(self, order: CloseOrder) -> str:
        return columns.instant(order.asked_at)

    @admin.display(description=_("decided by the price of"))
    def by_price_of(self, order: CloseOrder) -> str:
        return columns.instant(order.close_at)

    @admin.display(description=_("decided"))
    def decided(self, order: CloseOrder) -> str:
        return columns.instant(order.decided_at)


@admin.register(TradeCorrection)
class TradeCorrectionAdmin(ReadOnlyAdmin):
    list_display = ("corrected", "of_trade", "moved", "reason", "asked_for")
    list_display_links = ("corrected",)
    list_select_related = ("request", "trade")
    search_fields = ("=trade__id", "reason")
    search_help_text = _("Id of the trade, or words of the reason")
    ordering = ("-corrected_at",)
    fields = ("of_trade", "moved", "reason", "corrected", "asked_for")
    readonly_fields = fields

    @admin.display(description=_("corrected"), ordering="corrected_at")
    def corrected(self, correction: TradeCorrection) -> str:
        return columns.instant(correction.corrected_at)

    @admin.display(description=_("trade"))
    def of_trade(self, correction: TradeCorrection) -> str:
        return trade_link(correction.trade_id)

    @admin.display(description=_("the wallet got back"))
    def moved(self, correction: TradeCorrection) -> str:
        return columns.gain(correction.amount, correction.trade.currency)

    @admin.display(description=_("request"))
    def asked_for(self, correction: TradeCorrection) -> str:
        address = reverse("admin:accounts_approvalrequest_change", args=[correction.request_id])
        return format_html("{}", columns.short_id(correction.request_id, address))
