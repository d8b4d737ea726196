"""Staff pages of trades. Read-only."""

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import LargeList, ReadOnlyAdmin, WithApprovalLinks, by_part, by_person, columns
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound
from accounts.site import origin
from trading.models import FlashTrade
from trading.selectors.office.found import trades_found
from trading.selectors.trades import correction_of
from trading.services.proof.prove_trade import prove_trade


@admin.register(FlashTrade)
class FlashTradeAdmin(WithApprovalLinks, LargeList, ReadOnlyAdmin):
    list_display = (
        "short", "accepted", "trader", "market", "way", "staked", "rate", "lasts", "expires", "result", "gained",
    )  # fmt: skip
    list_display_links = None
    list_filter = ("state", "outcome", "direction", "instrument", "demo")
    list_select_related = ("instrument", "user", "correction")
    search_fields = ("=id", "user__email")
    searches = (by_person("user_id"), by_part(trades_found))
    indexed_filters = {"state__exact": ("pending", "open")}
    search_help_text = _("Beginning of the id, or email of the trader")
    ordering = ("-id",)
    fieldsets = (
        (None, {"fields": ("whole", "trader", "market", "result", "gained", "proof")}),
        (
            _("Terms of the trade"),
            {"fields": ("way", "staked", "rate", "won_pays", "lasts", "payout_version", "rule_version")},
        ),
        (_("Times"), {"fields": ("accepted", "enters", "expires", "settled")}),
        (_("Prices"), {"fields": ("entry", "exit", "exit_samples", "sold", "void_reason")}),
        (_("Origin"), {"fields": ("account", "idempotency_key")}),
    )
    readonly_fields = (
        "whole", "trader", "market", "result", "gained", "proof", "way", "staked", "rate", "won_pays", "lasts",
        "accepted", "enters", "expires", "settled", "entry", "exit", "sold", "account",
    )  # fmt: skip

    @admin.display(description=_("trade"), ordering="id")
    def short(self, trade: FlashTrade) -> str:
        return columns.short_id(trade.pk, reverse("admin:trading_flashtrade_change", args=[trade.pk]))

    @admin.display(description=_("id"))
    def whole(self, trade: FlashTrade) -> str:
        return columns.whole_id(trade.pk)

    @admin.display(description=_("accepted"))
    def accepted(self, trade: FlashTrade) -> str:
        return columns.instant(trade.accepted_at)

    @admin.display(description=_("trader"))
    def trader(self, trade: FlashTrade) -> str:
        return columns.person_link(trade.user_id, trade.user.email)

    @admin.display(description=_("instrument"))
    def market(self, trade: FlashTrade) -> str:
        return format_html('<span class="nowrap">{} {}</span>', trade.instrument.symbol, columns.book(trade.demo))

    @admin.display(description=_("direction"))
    def way(self, trade: FlashTrade) -> str:
        return columns.arrow(trade.direction)

    @admin.display(description=_("stake"))
    def staked(self, trade: FlashTrade) -> str:
        return columns.money(trade.stake, trade.currency)

    @admin.display(description=_("payout rate"))
    def rate(self, trade: FlashTrade) -> str:
        return columns.percent(trade.payout_rate)

    @admin.display(description=_("payout if it wins"))
    def won_pays(self, trade: FlashTrade) -> str:
        return columns.money(trade.payout, trade.currency)

    @admin.display(description=_("duration"))
    def lasts(self, trade: FlashTrade) -> str:
        return columns.number(trade.duration_seconds, gettext(" s"))

    @admin.display(description=_("expiry"))
    def expires(self, trade: FlashTrade) -> str:
        return columns.instant(trade.expires_at)

    @admin.display(description=_("entry"))
    def enters(self, trade: FlashTrade) -> str:
        return columns.instant(trade.entry_at)

    @admin.display(description=_("settled"))
    def settled(self, trade: FlashTrade) -> str:
        return columns.instant(trade.settled_at)

    @admin.display(description=_("result"))
    def result(self, trade: FlashTrade) -> str:
        if trade.outcome is None:
            return columns.badge(trade.get_state_display(), real=True)
        voided = columns.badge(gettext("voided afterwards"), care=True) if correction_of(trade) else ""
        return format_html("{} {}", trade.get_outcome_display(), voided)

    @admin.display(description=_("trader's profit"))
    def gained(self, trade: FlashTrade) -> str:
        return columns.gain(trade.profit, trade.currency)

    @admin.display(description=_("entry price"))
    def entry(self, trade: FlashTrade) -> str:
        return columns.number(trade.entry_price)

    @admin.display(description=_("exit price"))
    def exit(self, trade: FlashTrade) -> str:
        return columns.number(trade.exit_price)

    @admin.display(description=_("sale"))
    def sold(self, trade: FlashTrade) -> str:
        return columns.money(trade.sale, trade.currency)

    @admin.display(description=_("wallet"))
    def account(self, trade: FlashTrade) -> str:
        address = reverse("admin:accounts_ledgeraccount_change", args=[trade.wallet_id])
        return format_html('<a href="{}">{}</a>', address, trade.wallet_id)

    @admin.display(description=_("Proof"))
    def proof(self, obj: FlashTrade) -> str:
        """A link to the same proof file that the trader gets."""
        if obj.state != FlashTrade.State.SETTLED:
            return columns.NOTHING
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
