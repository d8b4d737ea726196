"""People, for staff."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.admin.asking import Asking
from accounts.admin.audit import Audited
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.models import TradingLimit, User

# An email and a second factor are how somebody logs in: staff don't hand out or take over logins.
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(Asking, Audited):
    list_display = ("email", "locale", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff", "locale")
    search_fields = ("email",)
    ordering = ("-id",)
    fields = ("email", "locale", "is_active", "frozen_at", "closed_at", "is_staff", "groups", "joined_at", "last_login")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = ("email", "is_active", "frozen_at", "closed_at", "joined_at", "last_login")
        # Roles are given by superusers: else whoever may edit people could make themselves an approver.
        return fixed if request.user.is_superuser else (*fixed, "is_staff", "groups")

    def askable(self, obj: User) -> list[tuple[str, str]]:
        return [("unfreeze_user" if obj.frozen_at else "freeze_user", f"user:{obj.pk}")]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up themselves: so does their wallet come to be

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(TradingLimit)
class TradingLimitAdmin(Asking, ReadOnlyAdmin):
    list_display = (
        "user",
        "kind",
        "period_days",
        "currency",
        "demo",
        "amount",
        "next_amount",
        "next_from",
        "changed_at",
    )
    list_filter = ("kind", "currency", "demo")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-changed_at", "-id")

    def askable(self, obj: TradingLimit) -> list[tuple[str, str]]:
        return [("raise_limit", f"limit:{obj.pk}")] if obj.amount is not None else []
