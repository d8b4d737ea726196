"""The staff pages of the cashier's other ends: traders' beneficiaries, and the messages of providers."""

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.audit import Audited
from accounts.admin.large_lists import CurrencyFilter, LargeList, ProviderFilter, by_person
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.cashier.real_money import Provider
from accounts.domain.texts import storable
from accounts.models import Beneficiary, WebhookDelivery


@admin.register(Beneficiary)
class BeneficiaryAdmin(Audited, LargeList, ReadOnlyAdmin):
    list_display = ("label", "trader", "currency", "address", "usable", "removed")
    list_display_links = ("label",)
    list_select_related = ("user",)
    list_filter = (CurrencyFilter,)
    search_fields = ("user__email", "address")
    searches = (by_person("user_id"), lambda text: Q(address=text) if storable(text) else None)
    search_help_text = _("Email of the trader, or a whole address")
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


def by_message(text: str) -> Q | None:
    """Searches messages by what they are about, or by their own id."""
    return Q(reference=text) | Q(provider__in=list(Provider), delivery_id=text) if storable(text) else None


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(LargeList, ReadOnlyAdmin):
    list_display = ("received", "provider", "event", "reference", "delivery_id")
    list_display_links = ("received",)
    list_filter = (ProviderFilter,)
    search_fields = ("reference", "delivery_id")
    searches = (by_message,)
    search_help_text = _("Whole reference of the invoice, or id of the message")
    ordering = ("-id",)
    fields = ("received", "provider", "event", "reference", "delivery_id", "body")
    readonly_fields = fields

    @admin.display(description=_("received"))
    def received(self, delivery: WebhookDelivery) -> str:
        return columns.instant(delivery.received_at)
