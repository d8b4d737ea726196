"""Staff pages of trades, their corrections, and prices. Read-only."""

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin, WithApprovalLinks
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound
from accounts.site import origin
from trading.admin.venues import venues
from trading.models import CloseOrder, FlashTrade, IndexPrice, PricePruning, TradeCorrection
from trading.selectors.trades import correction_of
from trading.services.proof.prove_trade import prove_trade


@admin.register(FlashTrade)
class FlashTradeAdmin(WithApprovalLinks, ReadOnlyAdmin):
    list_display = (
        "id", "user", "instrument", "direction", "stake", "payout_rate", "state", "outcome", "profit", "accepted_at",
    )  # fmt: skip
    list_filter = ("state", "outcome", "direction", "instrument", "demo")
    list_select_related = ("instrument", "user")
    search_fields = ("=id", "user__email")
    ordering = ("-id",)

    readonly_fields = ("proof",)

    @admin.display(description=_("Proof"))
    def proof(self, obj: FlashTrade) -> str:
        """A link to the same proof file that the trader gets."""
        if obj.state != FlashTrade.State.SETTLED:
            return "-"
        address = reverse("admin:trading_flashtrade_proof", args=[obj.pk])
        return format_html('<a href="{}" download>{}</a>', address, gettext("Download proof"))

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<uid:trade_id>/proof/", self.admin_site.admin_view(self.proof_view), name="trading_flashtrade_proof"
        )
        return [page, *super().get_urls()]

    def proof_view(self, request: HttpRequest, trade_id: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            proof = prove_trade(trade_id=trade_id, user_id=None, issuer=origin(), now=timezone.now())
        except NotFound as error:
            raise Http404(str(trade_id)) from error
        return JsonResponse(
            proof.as_json(), headers={"Content-Disposition": f'attachment; filename="proof-{trade_id}.json"'}
        )

    def requestable(self, obj: FlashTrade) -> list[tuple[str, Subject]]:
        return [("void_trade", Subject.of("trade", obj.pk))] if obj.profit and correction_of(obj) is None else []


@admin.register(CloseOrder)
class CloseOrderAdmin(ReadOnlyAdmin):
    list_display = ("id", "trade", "state", "min_price", "offer", "lapse_reason", "asked_at", "close_at", "decided_at")
    list_filter = ("state", "lapse_reason")
    search_fields = ("=id", "=trade__id")
    ordering = ("-id",)


@admin.register(TradeCorrection)
class TradeCorrectionAdmin(ReadOnlyAdmin):
    list_display = ("trade", "amount", "reason", "corrected_at", "request")
    list_select_related = ("request",)
    search_fields = ("=trade__id", "reason")
    ordering = ("-corrected_at",)


@admin.register(IndexPrice)
class IndexPriceAdmin(ReadOnlyAdmin):
    list_select_related = ("instrument",)
    list_display = ("instrument", "priced_at", "price", "sequence", "source", "digest")
    list_filter = ("instrument", "source")
    ordering = ("-id",)
    change_list_template = "admin/index_prices.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(venues)
        return [path("venues/", view, name="trading_venues"), *super().get_urls()]


@admin.register(PricePruning)
class PricePruningAdmin(ReadOnlyAdmin):
    list_display = ("month", "kept", "removed", "pruned_at")
    ordering = ("-month",)
