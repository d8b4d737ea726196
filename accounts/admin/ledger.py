"""The ledger, for staff: it can be read and by nobody written."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.asking import Asking
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount, Transfer


@admin.register(LedgerAccount)
class LedgerAccountAdmin(Asking, ReadOnlyAdmin):
    list_display = ("id", "kind", "owner", "currency", "demo", "balance", "held", "available", "revision")
    list_filter = ("kind", "currency", "demo")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    ordering = ("id",)

    @admin.display(description=_("available"))
    def available(self, account: LedgerAccount) -> object:
        return account.balance - account.held

    def askable(self, obj: LedgerAccount) -> list[tuple[str, str]]:
        if obj.kind != AccountKind.WALLET:
            return []
        return [(action, f"wallet:{obj.pk}") for action in ("adjust_balance", "grant_bonus")]


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "kind", "phase", "source", "target", "amount", "currency", "demo", "reference")
    list_filter = ("kind", "phase", "currency", "demo")
    list_select_related = ("source", "target")
    search_fields = ("=reference",)
    ordering = ("-id",)
