"""The staff pages of people."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
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
for model in (EmailAddress, Authenticator, UserSession, Group):
    admin.site.unregister(model)


@admin.register(Group)
class RoleAdmin(Audited, ReadOnlyAdmin):
    """The permissions of the roles. `make_staff_roles` sets them."""

    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "may")
    readonly_fields = fields

    @admin.display(description=_("permissions"))
    def may(self, group: Group) -> str:
        return ", ".join(group.permissions.order_by("codename").values_list("codename", flat=True))


@admin.register(User)
class UserAdmin(WithApprovalLinks, Audited):
    list_display = ("email", "locale", "is_active", "is_staff", "joined_at", "last_login")
    list_filter = ("is_active", "is_staff", "locale")
    search_fields = ("email",)
    ordering = ("-id",)
    fields = (
        *("email", "locale", "is_active", "frozen_at", "closed_at"),
        *("is_staff", "is_superuser", "roles", "joined_at", "last_login"),
    )
    # Standing and roles take two people: alone, a superuser could make a second account of their own an approver.
    readonly_fields = tuple(name for name in fields if name != "locale")

    def requestable(self, obj: User) -> list[tuple[str, Subject]]:
        actions = ("unfreeze_user" if obj.frozen_at else "freeze_user", "change_staff")
        return [(action, Subject.of("user", obj.pk)) for action in actions]

    @admin.display(description=_("groups"))
    def roles(self, user: User) -> str:
        return ", ".join(user.groups.order_by("name").values_list("name", flat=True)) or "–"

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
