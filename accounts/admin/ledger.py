"""The staff pages of the ledger. Staff read it; nobody writes it here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.approval_links import WithApprovalLinks
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.approvals.subjects import Subject
from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount, Transfer


@admin.register(LedgerAccount)
class LedgerAccountAdmin(WithApprovalLinks, ReadOnlyAdmin):
    list_display = ("id", "kind", "owner", "currency", "demo", "balance", "held", "available", "revision")
    list_filter = ("kind", "currency", "demo")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    ordering = ("id",)

    @admin.display(description=_("available"))
    def available(self, account: LedgerAccount) -> object:
        return account.balance - account.held

    def requestable(self, obj: LedgerAccount) -> list[tuple[str, Subject]]:
        if obj.kind != AccountKind.WALLET:
            return []
        return [(action, Subject.of("wallet", obj.pk)) for action in ("adjust_balance", "grant_bonus")]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "kind", "phase", "source", "target", "amount", "currency", "demo", "reference")
    list_filter = ("kind", "phase", "currency", "demo")
    list_select_related = ("source", "target")
    search_fields = ("=reference",)
    ordering = ("-id",)
