"""Markets for staff. Nothing here can touch a price, a running trade or a result: there is no field for it."""

from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import Asking, Audited, ReadOnlyAdmin
from accounts.domain.errors import NotFound
from trading.domain.terms import Status
from trading.models import DailyDigest, FlashTrade, IndexPrice, Instrument, SigningKey, TradeCorrection
from trading.selectors import correction_of
from trading.services.prove_trade import prove_trade
from trading.services.set_instrument_status import set_instrument_status


@admin.register(Instrument)
class InstrumentAdmin(Audited):
    list_display = ("symbol", "status", "payout_rate", "stake_min", "stake_max", "durations", "venues_min")
    list_filter = ("status",)
    actions = ("open", "close_only", "pause")

    def get_readonly_fields(self, request: HttpRequest, obj: Instrument | None = None) -> tuple[str, ...]:
        # Prices and trades already there are written in these units; and whoever could raise `venues_min` for a
        # moment could stop the index then, and void the trades that expire in it.
        return ("symbol", "currency", "pip", "venues_min") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description=_("Open the selected instruments"))
    def open(self, request: HttpRequest, chosen: QuerySet[Instrument]) -> None:
        self._set(request, chosen, Status.OPEN)

    @admin.action(description=_("Close the selected instruments for new trades"))
    def close_only(self, request: HttpRequest, chosen: QuerySet[Instrument]) -> None:
        self._set(request, chosen, Status.CLOSE_ONLY)

    @admin.action(description=_("Pause the selected instruments"))
    def pause(self, request: HttpRequest, chosen: QuerySet[Instrument]) -> None:
        self._set(request, chosen, Status.PAUSED)

    def _set(self, request: HttpRequest, chosen: QuerySet[Instrument], status: Status) -> None:
        changed = set_instrument_status(symbols=list(chosen.values_list("symbol", flat=True)), status=status)
        text = ngettext("%(count)d instrument changed.", "%(count)d instruments changed.", changed)
        self.message_user(request, text % {"count": changed}, messages.SUCCESS)


@admin.register(FlashTrade)
class FlashTradeAdmin(Asking, ReadOnlyAdmin):
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
        """The file that the trader gets too."""
        if obj.state != FlashTrade.State.SETTLED:
            return "-"
        address = reverse("admin:trading_flashtrade_proof", args=[obj.pk])
        return format_html('<a href="{}" download>{}</a>', address, gettext("Download proof"))

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<uuid:trade_id>/proof/", self.admin_site.admin_view(self.proof_view), name="trading_flashtrade_proof"
        )
        return [page, *super().get_urls()]

    def proof_view(self, request: HttpRequest, trade_id: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        site = request.build_absolute_uri("/").rstrip("/")
        try:
            proof = prove_trade(trade_id=trade_id, user_id=None, issuer=site, now=timezone.now())
        except NotFound as error:
            raise Http404(str(trade_id)) from error
        return JsonResponse(
            proof.as_json(), headers={"Content-Disposition": f'attachment; filename="proof-{trade_id}.json"'}
        )

    def askable(self, obj: FlashTrade) -> list[tuple[str, str]]:
        return [("void_trade", f"trade:{obj.pk}")] if obj.profit and correction_of(obj) is None else []


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


@admin.register(DailyDigest)
class DailyDigestAdmin(ReadOnlyAdmin):
    list_select_related = ("instrument",)
    list_display = ("instrument", "day", "count", "digest", "published_at")
    list_filter = ("instrument",)
    ordering = ("-id",)
    fields = (
        "instrument", "day", "count", "first_sequence", "last_sequence", "first_digest", "last_digest", "root",
        "previous", "digest", "published_at",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyDigest]:
        return super().get_queryset(request).defer("leaves", "blocks")


@admin.register(SigningKey)
class SigningKeyAdmin(ReadOnlyAdmin):
    list_display = ("kid", "algorithm", "created_at", "retired_at")
    fields = ("kid", "algorithm", "public_key", "created_at", "retired_at")
    ordering = ("-id",)
