"""The staff pages of traders' own limits."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import columns
from accounts.admin.approval_links import WithApprovalLinks
from accounts.admin.large_lists import LargeList, by_person, one_of
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.approvals.subjects import Subject
from accounts.domain.limits.own_limits import LABELS
from accounts.models import TradingLimit
from accounts.services.limits.raise_limit import limit_name, written_amount


@admin.register(TradingLimit)
class TradingLimitAdmin(WithApprovalLinks, LargeList, ReadOnlyAdmin):
    fields = ("bound", "owner", "book", "now", "then", "begins", "changed")
    readonly_fields = fields
    list_display = ("bound", "owner", "book", "now", "then", "begins", "changed")
    list_filter = (one_of("kind", _("kind"), LABELS), "demo")
    list_select_related = ("user",)
    search_fields = ("user__email",)
    searches = (by_person("user_id"),)
    search_help_text = _("Email of the trader")
    ordering = ("-id",)

    @admin.display(description=_("trader"), ordering="user__email")
    def owner(self, limit: TradingLimit) -> str:
        return columns.person_link(limit.user_id, limit.user.email)

    @admin.display(description=_("trading limit"), ordering="kind")
    def bound(self, limit: TradingLimit) -> str:
        return limit_name(limit)

    @admin.display(description=_("amount"))
    def now(self, limit: TradingLimit) -> str:
        return written_amount(limit, limit.amount)

    @admin.display(description=_("next amount"))
    def then(self, limit: TradingLimit) -> str:
        return written_amount(limit, limit.next_amount) if limit.next_from else ""

    @admin.display(description=_("book"))
    def book(self, limit: TradingLimit) -> str:
        return columns.book(limit.demo) if limit.currency else columns.NOTHING

    @admin.display(description=_("next from"))
    def begins(self, limit: TradingLimit) -> str:
        return columns.instant(limit.next_from)

    @admin.display(description=_("changed"), ordering="changed_at")
    def changed(self, limit: TradingLimit) -> str:
        return columns.instant(limit.changed_at)

    def requestable(self, obj: TradingLimit) -> list[tuple[str, Subject]]:
        return [("raise_limit", Subject.of("limit", obj.pk))] if obj.setting.last is not None else []
