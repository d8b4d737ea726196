"""The staff pages of deposits and withdrawals."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.admin import columns
from accounts.admin.audit import Audited
from accounts.admin.large_lists import CurrencyFilter, LargeList, ProviderFilter, by_part, by_person
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.admin.staff_actions import StaffAction, WithStaffActions
from accounts.domain.approvals.staff_decisions import (
    APPROVE_WITHDRAWAL,
    COMPLETE_WITHDRAWAL,
    CREDIT_DEPOSIT,
    FAIL_WITHDRAWAL,
    REFUSE_DEPOSIT,
    REFUSE_WITHDRAWAL,
)
from accounts.domain.approvals.subjects import Subject
from accounts.domain.cashier.real_money import DepositState, Provider, WithdrawalState
from accounts.domain.errors import mark
from accounts.models import CashierTerms, Deposit, Withdrawal
from accounts.selectors.cashier.approved_lately import approved_lately
from accounts.selectors.cashier.approver import approver_of
from accounts.selectors.people.found import deposits_found, withdrawals_found
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.follow_invoice import follow_invoice
from accounts.services.cashier.refuse_deposit import refuse_deposit
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal

DECIDE_DEPOSIT, DECIDE_WITHDRAWAL = "accounts.decide_deposit", "accounts.decide_withdrawal"


def _credit(id: UUID, text: str, who: int, now: datetime) -> object:
    return credit_deposit(deposit_id=id, reference=text, decided_by=who, now=now)


def _refuse_deposit(id: UUID, text: str, who: int, now: datetime) -> object:
    return refuse_deposit(deposit_id=id, reason=text, decided_by=who, now=now)


def _ask_provider(id: UUID, text: str, who: int, now: datetime) -> object:
    return follow_invoice(deposit_id=id, asked_by=who, now=now)


def _approve(id: UUID, text: str, who: int, now: datetime) -> object:
    return approve_withdrawal(withdrawal_id=id, decided_by=who, now=now)


def _refuse_withdrawal(id: UUID, text: str, who: int, now: datetime) -> object:
    return refuse_withdrawal(withdrawal_id=id, reason=text, decided_by=who, now=now)


def _complete(id: UUID, text: str, who: int, now: datetime) -> object:
    return complete_withdrawal(withdrawal_id=id, reference=text, decided_by=who, now=now)


class Cashier(WithStaffActions, Audited, LargeList, ReadOnlyAdmin):
    """The shared part of the deposit pages and the withdrawal pages."""

    list_filter = ("state", CurrencyFilter, ProviderFilter, "requested_at")
    search_fields = ("user__email", "=id", "provider_reference")
    search_help_text = gettext_lazy("Email, beginning of the id, or the payment's reference")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("amount"))
    def sum(self, row: Deposit | Withdrawal) -> str:
        return columns.money(row.amount, row.currency)

    @admin.display(description=gettext_lazy("fee"))
    def fee_shown(self, row: Deposit | Withdrawal) -> str:
        return columns.money(row.fee, row.currency)

    @admin.display(description=gettext_lazy("requested"))
    def requested(self, row: Deposit | Withdrawal) -> str:
        return columns.instant(row.requested_at)

    @admin.display(description=gettext_lazy("ended"))
    def ended(self, row: Deposit | Withdrawal) -> str:
        return columns.instant(row.ended_at)

    @admin.display(description=gettext_lazy("trader"))
    def trader(self, row: Deposit | Withdrawal) -> str:
        return columns.person_link(row.user_id, row.user.email)

    @admin.display(description=gettext_lazy("id"))
    def whole(self, row: Deposit | Withdrawal) -> str:
        return columns.whole_id(row.pk)

    @admin.display(description=gettext_lazy("decided by"))
    def decider(self, row: Deposit | Withdrawal) -> str:
        return str(row.decided_by) if row.decided_by_id else columns.NOTHING

    def needs_two(self, row: Deposit | Withdrawal, *, before: Decimal = Decimal(0)) -> bool:
        """`before`: the amounts that count together with this one."""
        terms = CashierTerms.objects.filter(currency=row.currency).first()
        return terms is None or before + row.amount >= terms.four_eyes_from

    def together(self, row: Deposit | Withdrawal) -> set[str]:
        """Returns the names of the actions with four eyes on this row, instead of the buttons for one person."""
        waiting = [each for each in self.staff_actions if row.state in each.states and each.together]
        return {each.together for each in waiting} if self.needs_two(row) else set()

    def requestable(self, obj: Any) -> list[tuple[str, Subject]]:
        return [(action, Subject.of(self.opts.model_name or "", obj.pk)) for action in sorted(self.together(obj))]

    def possible(self, request: HttpRequest, obj: Any) -> list[StaffAction]:
        if obj.user_id == request.user.pk:
            return []
        together = self.together(obj)
        return [each for each in super().possible(request, obj) if each.together not in together]


@admin.register(Deposit)
class DepositAdmin(Cashier):
    searches = (by_person("user_id"), by_part(deposits_found))
    indexed_filters = {"state__exact": (DepositState.REQUESTED, DepositState.REVIEW)}
    list_display = ("requested", "trader", "sum", "state", "provider", "note", "provider_reference", "decider")
    list_display_links = ("requested",)
    list_select_related = ("user", "decided_by")
    fields = (
        "whole",
        "trader",
        "sum",
        "fee_shown",
        "provider",
        "provider_reference",
        "checkout_url",
        "note",
        "state",
        "reason",
        "requested",
        "expires",
        "ended",
        "decider",
    )
    readonly_fields = ("whole", "trader", "sum", "fee_shown", "requested", "expires", "ended", "decider")
    staff_actions = (
        StaffAction(
            "credit",
            mark("Credit it: the payment is there"),
            DECIDE_DEPOSIT,
            (DepositState.REQUESTED, DepositState.REVIEW),
            _credit,
            mark("The payment's own id, of the bank or the chain"),
            CREDIT_DEPOSIT.together,
        ),
        StaffAction(
            "refuse",
            mark("Refuse it"),
            DECIDE_DEPOSIT,
            (DepositState.REQUESTED, DepositState.REVIEW),
            _refuse_deposit,
            mark("Reason, which the trader reads"),
            REFUSE_DEPOSIT.together,
        ),
        StaffAction(
            "ask",
            mark("Ask the provider again"),
            DECIDE_DEPOSIT,
            (DepositState.REQUESTED, DepositState.EXPIRED),
            _ask_provider,
        ),
    )

    @admin.display(description=gettext_lazy("expires"))
    def expires(self, deposit: Deposit) -> str:
        return columns.instant(deposit.expires_at)

    def possible(self, request: HttpRequest, obj: Deposit) -> list[StaffAction]:
        possible = super().possible(request, obj)
        return [each for each in possible if each.name != "ask" or obj.provider != Provider.MANUAL]


@admin.register(Withdrawal)
class WithdrawalAdmin(Cashier):
    searches = (by_person("user_id"), by_part(withdrawals_found))
    indexed_filters = {"state__exact": (WithdrawalState.REVIEW, WithdrawalState.APPROVED)}
    list_display = ("requested", "trader", "sum", "state", "beneficiary", "provider_reference", "decider")
    list_display_links = ("requested",)
    list_select_related = ("user", "beneficiary", "decided_by")
    fields = (
        "whole",
        "trader",
        "sum",
        "fee_shown",
        "beneficiary",
        "address",
        "state",
        "reason",
        "provider_reference",
        "requested",
        "approved",
        "ended",
        "decider",
    )
    readonly_fields = ("whole", "trader", "sum", "fee_shown", "address", "requested", "approved", "ended", "decider")
    staff_actions = (
        StaffAction(
            "approve",
            mark("Approve it"),
            DECIDE_WITHDRAWAL,
            (WithdrawalState.REVIEW,),
            _approve,
            together=APPROVE_WITHDRAWAL.together,
        ),
        StaffAction(
            "complete",
            mark("It has been paid out"),
            "accounts.complete_withdrawal",
            (WithdrawalState.APPROVED,),
            _complete,
            mark("The payment's own id, of the bank or the chain"),
            COMPLETE_WITHDRAWAL.together,
        ),
        StaffAction(
            "refuse",
            mark("Refuse it and give the money back"),
            DECIDE_WITHDRAWAL,
            (WithdrawalState.REVIEW,),
            _refuse_withdrawal,
            mark("Reason, which the trader reads"),
            REFUSE_WITHDRAWAL.together,
        ),
    )

    @admin.display(description=gettext_lazy("approved"))
    def approved(self, withdrawal: Withdrawal) -> str:
        return columns.lines(columns.instant(withdrawal.approved_at), str(approver_of(withdrawal) or ""))

    @admin.display(description=gettext_lazy("address"))
    def address(self, withdrawal: Withdrawal) -> str:
        return withdrawal.beneficiary.address

    def together(self, row: Any) -> set[str]:
        names = super().together(row)
        if row.state == WithdrawalState.REVIEW and self.needs_two(row, before=approved_lately(row, now=timezone.now())):
            names |= {APPROVE_WITHDRAWAL.together}
        if row.state == WithdrawalState.APPROVED:
            names |= {FAIL_WITHDRAWAL.together} | (set() if row.user.is_active else {COMPLETE_WITHDRAWAL.together})
        return names
