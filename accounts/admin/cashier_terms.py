"""The staff pages of the cashier's terms. A change takes two people: the terms bound the decisions of one."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts.admin import columns
from accounts.admin.approval_links import WithApprovalLinks
from accounts.admin.approvals import ask_address
from accounts.admin.audit import Audited
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.domain.approvals.requests import may_request
from accounts.domain.approvals.subjects import Subject
from accounts.models import CashierTerms
from accounts.services.cashier.change_terms import CHANGE_TERMS, KIND


def _money(*names: str) -> list[Any]:
    return [columns.money_field(CashierTerms, name) for name in names]


DEPOSITS = _money("deposit_min", "deposit_daily_max", "deposit_fee")
WITHDRAWALS = _money("withdrawal_min", "withdrawal_daily_max", "withdrawal_fee")
(FOUR_EYES_FROM,) = _money("four_eyes_from")
FIELDS: Any = (
    *("currency", "deposits_open", "deposit_provider", "deposit_instructions", *DEPOSITS),
    *("withdrawals_open", *WITHDRAWALS, FOUR_EYES_FROM),
)


@admin.register(CashierTerms)
class CashierTermsAdmin(WithApprovalLinks, Audited, ReadOnlyAdmin):
    list_display = ("currency", "deposits_open", "withdrawals_open", "deposit_provider", FOUR_EYES_FROM)
    fields = FIELDS
    readonly_fields = (*DEPOSITS, *WITHDRAWALS, FOUR_EYES_FROM)
    ordering = ("currency",)
    change_list_template = "admin/cashier_terms.html"

    def requestable(self, obj: CashierTerms) -> list[tuple[str, Subject]]:
        return [(CHANGE_TERMS.name, Subject.of(KIND, obj.currency))]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        known = set(CashierTerms.objects.values_list("currency", flat=True))
        may_ask = request.user.has_perm(f"accounts.{may_request(CHANGE_TERMS.name)}")
        new = [each for each in settings.REAL_CURRENCIES if each not in known] if may_ask else []
        links = [(currency, ask_address(CHANGE_TERMS.name, Subject.of(KIND, currency))) for currency in new]
        return super().changelist_view(request, {"new_terms": links, **(extra_context or {})})
