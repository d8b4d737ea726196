"""The staff pages of people."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.approval_links import WithApprovalLinks
from accounts.admin.audit import Audited
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.approvals.subjects import Subject
from accounts.models import TradingLimit, User
from accounts.services.limits.raise_limit import limit_name, written_amount

# Email and second factor are login credentials: staff don't issue them and don't take them over.
for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(WithApprovalLinks, Audited):
    list_display = ("email", "locale", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff", "locale")
    search_fields = ("email",)
    ordering = ("-id",)
    fields = ("email", "locale", "is_active", "frozen_at", "closed_at", "is_staff", "groups", "joined_at", "last_login")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        fixed = ("email", "is_active", "frozen_at", "closed_at", "joined_at", "last_login")
        # Only superusers grant roles: otherwise anybody who may edit people could become an approver.
        return fixed if request.user.is_superuser else (*fixed, "is_staff", "groups")

    def requestable(self, obj: User) -> list[tuple[str, Subject]]:
        return [("unfreeze_user" if obj.frozen_at else "freeze_user", Subject.of("user", obj.pk))]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up themselves, because only the sign-up opens their wallet

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(TradingLimit)
class TradingLimitAdmin(WithApprovalLinks, ReadOnlyAdmin):
    fields = ("owner", "bound", "now", "then", "next_from", "changed_at")
    list_display = ("owner", "bound", "now", "then", "next_from")
    list_filter = ("kind", "demo")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    ordering = ("-changed_at", "-id")

    @admin.display(description=_("owner"), ordering="user__email")
    def owner(self, limit: TradingLimit) -> str:
        return limit.user.email

    @admin.display(description=_("trading limit"), ordering="kind")
    def bound(self, limit: TradingLimit) -> str:
        return limit_name(limit)

    @admin.display(description=_("amount"))
    def now(self, limit: TradingLimit) -> str:
        return written_amount(limit, limit.amount)

    @admin.display(description=_("next amount"))
    def then(self, limit: TradingLimit) -> str:
        return written_amount(limit, limit.next_amount) if limit.next_from else ""

    def requestable(self, obj: TradingLimit) -> list[tuple[str, Subject]]:
        return [("raise_limit", Subject.of("limit", obj.pk))] if obj.setting.last is not None else []
