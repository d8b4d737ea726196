"""The staff pages of the cashier's other ends: traders' beneficiaries, and the messages of providers."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.audit import Audited
from accounts.admin.large_lists import CurrencyFilter
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.models import Beneficiary, WebhookDelivery


@admin.register(Beneficiary)
class BeneficiaryAdmin(Audited, ReadOnlyAdmin):
    list_display = ("label", "trader", "currency", "address", "usable", "removed")
    list_display_links = ("label",)
    list_select_related = ("user",)
    list_filter = (CurrencyFilter,)
    search_fields = ("user__email", "address", "label")
    ordering = ("-id",)
    fields = ("label", "trader", "currency", "address", "added", "usable", "removed")
    readonly_fields = fields

    @admin.display(description=_("trader"))
    def trader(self, beneficiary: Beneficiary) -> str:
        return columns.person_link(beneficiary.user_id, beneficiary.user.email)

    @admin.display(description=_("added"))
    def added(self, beneficiary: Beneficiary) -> str:
        return columns.instant(beneficiary.created_at)

    @admin.display(description=_("usable from"))
    def usable(self, beneficiary: Beneficiary) -> str:
        return columns.instant(beneficiary.usable_from)

    @admin.display(description=_("removed"))
    def removed(self, beneficiary: Beneficiary) -> str:
        return columns.instant(beneficiary.removed_at)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("received", "provider", "event", "reference", "delivery_id")
    list_display_links = ("received",)
    list_filter = ("provider", "event")
    search_fields = ("reference", "delivery_id")
    ordering = ("-id",)
    fields = ("received", "provider", "event", "reference", "delivery_id", "body")
    readonly_fields = fields

    @admin.display(description=_("received"))
    def received(self, delivery: WebhookDelivery) -> str:
        return columns.instant(delivery.received_at)
