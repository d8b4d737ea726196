"""The staff pages of the ledger. Staff read it; nobody writes it here."""

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.approval_links import WithApprovalLinks
from accounts.admin.large_lists import CurrencyFilter, LargeList, by_person, by_uuid, one_of
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import mark
from accounts.domain.ledger.transfers import AccountKind, Phase, TransferKind
from accounts.models import LedgerAccount, Transfer

ACCOUNTS = {
    AccountKind.WALLET: mark("wallet"),
    AccountKind.HOUSE: mark("house"),
    AccountKind.FUNDING: mark("funding"),
    AccountKind.FEES: mark("fees"),
    AccountKind.BONUS: mark("bonus"),
}
PHASES = {
    Phase.SINGLE: mark("at once"),
    Phase.PENDING: mark("holds"),
    Phase.POST: mark("moves the held"),
    Phase.VOID: mark("frees the held"),
}
KINDS = {
    TransferKind.GRANT: mark("demo money"),
    TransferKind.RETURN: mark("demo money returned"),
    TransferKind.STAKE: mark("stake"),
    TransferKind.PAYOUT: mark("payout"),
    TransferKind.SALE: mark("sale"),
    TransferKind.DEPOSIT: mark("deposit"),
    TransferKind.WITHDRAWAL: mark("withdrawal"),
    TransferKind.FEE: mark("fee"),
    TransferKind.BONUS: mark("bonus"),
    TransferKind.ADJUSTMENT: mark("adjustment"),
    TransferKind.REVERSAL: mark("reversal"),
}


def account_link(account: LedgerAccount) -> str:
    """An account by its owner, or by its kind for the operator's own."""
    name = account.owner.email if account.owner else gettext(ACCOUNTS[AccountKind(account.kind)])
    address = reverse("admin:accounts_ledgeraccount_change", args=[account.pk])
    return format_html('<a href="{}">{}</a>', address, name)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(WithApprovalLinks, LargeList, ReadOnlyAdmin):
    list_display = ("account", "sort", "book", "total", "reserved", "free", "revision")
    list_display_links = None
    list_filter = (one_of("kind", _("kind"), ACCOUNTS), CurrencyFilter, "demo")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    searches = (by_person("owner_id"),)
    search_help_text = _("Email of the owner")
    indexed_filters = {"kind": [kind for kind in AccountKind if kind != AccountKind.WALLET]}
    ordering = ("id",)
    fields = ("account", "sort", "book", "total", "reserved", "free", "revision", "made")
    readonly_fields = fields

    @admin.display(description=_("account"))
    def account(self, account: LedgerAccount) -> str:
        return account_link(account)

    @admin.display(description=_("kind"))
    def sort(self, account: LedgerAccount) -> str:
        return gettext(ACCOUNTS[AccountKind(account.kind)])

    @admin.display(description=_("book"))
    def book(self, account: LedgerAccount) -> str:
        return columns.book(account.demo)

    @admin.display(description=_("balance"))
    def total(self, account: LedgerAccount) -> str:
        return columns.money(account.balance, account.currency)

    @admin.display(description=_("held"))
    def reserved(self, account: LedgerAccount) -> str:
        return columns.money(account.held, account.currency)

    @admin.display(description=_("available"))
    def free(self, account: LedgerAccount) -> str:
        return columns.money(account.balance - account.held, account.currency)

    @admin.display(description=_("made"))
    def made(self, account: LedgerAccount) -> str:
        return columns.instant(account.created_at)

    def requestable(self, obj: LedgerAccount) -> list[tuple[str, Subject]]:
        if obj.kind != AccountKind.WALLET:
            return []
        return [(action, Subject.of("wallet", obj.pk)) for action in ("adjust_balance", "grant_bonus")]


def by_reference(text: str) -> Q | None:
    """Searches the transfers of one business fact: one index has its openings, another one its resolutions."""
    found = by_uuid("reference")(text)
    if found is None:
        return None
    opening, resolution = [Phase.SINGLE, Phase.PENDING], [Phase.POST, Phase.VOID]
    rows = (Transfer.objects.filter(found, phase__in=phases) for phases in (opening, resolution))
    return Q(pk__in=[pk for each in rows for pk in each.values_list("pk", flat=True)])


@admin.register(Transfer)
class TransferAdmin(LargeList, ReadOnlyAdmin):
    list_display = ("at", "sort", "step", "giver", "taker", "moved", "book", "about")
    list_display_links = ("at",)
    list_filter = (one_of("kind", _("kind"), KINDS), one_of("phase", _("phase"), PHASES), CurrencyFilter, "demo")
    search_fields = ("=reference",)
    searches = (by_reference,)
    search_help_text = _("Id of the trade, deposit or withdrawal")
    ordering = ("-id",)
    fields = ("at", "sort", "step", "giver", "taker", "moved", "book", "whole_reference")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        rows: QuerySet[Transfer] = super().get_queryset(request)
        return rows.select_related("source__owner", "target__owner")

    @admin.display(description=_("time"))
    def at(self, transfer: Transfer) -> str:
        return columns.instant(transfer.created_at)

    @admin.display(description=_("kind"))
    def sort(self, transfer: Transfer) -> str:
        return gettext(KINDS[TransferKind(transfer.kind)])

    @admin.display(description=_("phase"))
    def step(self, transfer: Transfer) -> str:
        return gettext(PHASES[Phase(transfer.phase)])

    @admin.display(description=_("from account"))
    def giver(self, transfer: Transfer) -> str:
        return account_link(transfer.source)

    @admin.display(description=_("to account"))
    def taker(self, transfer: Transfer) -> str:
        return account_link(transfer.target)

    @admin.display(description=_("amount"))
    def moved(self, transfer: Transfer) -> str:
        return columns.money(transfer.amount, transfer.currency)

    @admin.display(description=_("book"))
    def book(self, transfer: Transfer) -> str:
        return columns.book(transfer.demo)

    @admin.display(description=_("reference"))
    def about(self, transfer: Transfer) -> str:
        return columns.short_id(transfer.reference)

    @admin.display(description=_("reference"))
    def whole_reference(self, transfer: Transfer) -> str:
        return columns.whole_id(transfer.reference)
