"""People and the ledger, for staff. The ledger can be read and by nobody written."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import LedgerAccount, Transfer, User

# An email is how somebody logs in: staff don't hand out or take over logins.
admin.site.unregister(EmailAddress)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """For what only services may write: no form, no action, not even for a superuser."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ("email", "locale", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff", "locale")
    search_fields = ("email",)
    ordering = ("-id",)
    fields = ("email", "locale", "is_active", "is_staff", "joined_at", "last_login")
    readonly_fields = ("email", "joined_at", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up themselves: so does their wallet come to be

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "owner", "currency", "demo", "balance", "held", "available", "revision")
    list_filter = ("kind", "currency", "demo")
    list_select_related = ("owner",)
    search_fields = ("owner__email",)
    ordering = ("id",)

    @admin.display(description=_("available"))
    def available(self, account: LedgerAccount) -> object:
        return account.balance - account.held


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("id", "created_at", "kind", "phase", "source", "target", "amount", "currency", "demo", "reference")
    list_filter = ("kind", "phase", "currency", "demo")
    list_select_related = ("source", "target")
    search_fields = ("=reference",)
    ordering = ("-id",)
