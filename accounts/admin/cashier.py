"""The staff pages of deposits, withdrawals and the cashier's terms."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.validators import MinValueValidator
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.admin.audit import Audited
from accounts.admin.numbers import PLAIN_NUMBERS, PlainDecimalField
from accounts.admin.read_only import ReadOnlyAdmin
from accounts.admin.staff_actions import StaffAction, WithStaffActions
from accounts.domain.approvals.subjects import Subject
from accounts.domain.cashier.real_money import DepositState, Provider, WithdrawalState
from accounts.domain.errors import mark
from accounts.domain.money import write_money
from accounts.models import Beneficiary, CashierTerms, Deposit, WebhookDelivery, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.follow_invoice import follow_invoice
from accounts.services.cashier.refuse_deposit import refuse_deposit
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal

SMALLEST = Decimal("0.00000001")
DECIDE_DEPOSIT, DECIDE_WITHDRAWAL = "accounts.decide_deposit", "accounts.decide_withdrawal"


def _credit(id: UUID, text: str, who: int, now: datetime) -> object:
    return credit_deposit(deposit_id=id, reference=text, decided_by=who, now=now)


def _refuse_deposit(id: UUID, text: str, who: int, now: datetime) -> object:
    return refuse_deposit(deposit_id=id, reason=text, decided_by=who, now=now)


def _ask_provider(id: UUID, text: str, who: int, now: datetime) -> object:
    return follow_invoice(deposit_id=id, now=now)


def _approve(id: UUID, text: str, who: int, now: datetime) -> object:
    return approve_withdrawal(withdrawal_id=id, decided_by=who, now=now)


def _refuse_withdrawal(id: UUID, text: str, who: int, now: datetime) -> object:
    return refuse_withdrawal(withdrawal_id=id, reason=text, decided_by=who, now=now)


def _complete(id: UUID, text: str, who: int, now: datetime) -> object:
    return complete_withdrawal(withdrawal_id=id, reference=text, decided_by=who, now=now)


BOUNDS = (("deposit_min", "deposit_daily_max"), ("withdrawal_min", "withdrawal_daily_max"))


class CashierTermsForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own isn't generic
    """Checks the table's constraints in the form, so that each error appears at its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, PlainDecimalField):
                field.validators.append(MinValueValidator(SMALLEST if name.endswith("_min") else Decimal(0)))

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or self.cleaned_data
        for smallest, largest in BOUNDS:
            if smallest in data and largest in data and data[largest] < data[smallest]:
                self.add_error(largest, gettext_lazy("This is less than the smallest."))
        if "deposit_min" in data and "deposit_fee" in data and data["deposit_fee"] >= data["deposit_min"]:
            self.add_error("deposit_fee", gettext_lazy("The fee has to be less than the smallest deposit."))
        return data


@admin.register(CashierTerms)
class CashierTermsAdmin(Audited, admin.ModelAdmin[CashierTerms]):
    form, formfield_overrides = CashierTermsForm, PLAIN_NUMBERS
    list_display = ("currency", "deposits_open", "withdrawals_open", "deposit_provider", "four_eyes_from")
    ordering = ("currency",)

    def get_readonly_fields(self, request: HttpRequest, obj: CashierTerms | None = None) -> tuple[str, ...]:
        return ("currency",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # staff close the terms instead: the audit then shows since when


class Cashier(WithStaffActions, Audited, ReadOnlyAdmin):
    """The shared part of the deposit pages and the withdrawal pages."""

    list_filter = ("state", "currency", "provider", "requested_at")
    search_fields = ("user__email", "=id", "provider_reference")
    search_help_text = gettext_lazy("Email, id or the payment's reference")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("amount"), ordering="amount")
    def sum(self, row: Deposit | Withdrawal) -> str:
        return f"{write_money(row.amount, row.currency)} {row.currency}"

    @admin.display(description=gettext_lazy("fee"))
    def fee_shown(self, row: Deposit | Withdrawal) -> str:
        return f"{write_money(row.fee, row.currency)} {row.currency}"

    def needs_two(self, row: Deposit | Withdrawal) -> bool:
        terms = CashierTerms.objects.filter(currency=row.currency).first()
        return terms is None or row.amount >= terms.four_eyes_from


@admin.register(Deposit)
class DepositAdmin(Cashier):
    list_display = ("requested_at", "user", "sum", "state", "provider", "note", "provider_reference")
    list_select_related = ("user",)
    fields = (
        "user",
        "sum",
        "fee_shown",
        "provider",
        "provider_reference",
        "checkout_url",
        "note",
        "state",
        "reason",
        "requested_at",
        "expires_at",
        "ended_at",
        "decided_by",
    )
    staff_actions = (
        StaffAction(
            "credit",
            mark("Credit it: the payment is there"),
            DECIDE_DEPOSIT,
            (DepositState.REQUESTED, DepositState.REVIEW),
            _credit,
            mark("The payment's own id, of the bank or the chain"),
        ),
        StaffAction(
            "refuse",
            mark("Refuse it"),
            DECIDE_DEPOSIT,
            (DepositState.REQUESTED, DepositState.REVIEW),
            _refuse_deposit,
            mark("Reason, which the trader reads"),
        ),
        StaffAction(
            "ask",
            mark("Ask the provider again"),
            DECIDE_DEPOSIT,
            (DepositState.REQUESTED, DepositState.EXPIRED),
            _ask_provider,
        ),
    )

    def requestable(self, obj: Deposit) -> list[tuple[str, Subject]]:
        waits = obj.state in (DepositState.REQUESTED, DepositState.REVIEW)
        return [("large_deposit", Subject.of("deposit", obj.pk))] if waits and self.needs_two(obj) else []

    def possible(self, request: HttpRequest, obj: Deposit) -> list[StaffAction]:
        left_out = {"credit"} if self.needs_two(obj) else set()
        if obj.provider == Provider.MANUAL:
            left_out.add("ask")
        return [action for action in super().possible(request, obj) if action.name not in left_out]


@admin.register(Withdrawal)
class WithdrawalAdmin(Cashier):
    list_display = ("requested_at", "user", "sum", "state", "beneficiary", "provider_reference")
    list_select_related = ("user", "beneficiary")
    fields = (
        "user",
        "sum",
        "fee_shown",
        "beneficiary",
        "address",
        "state",
        "reason",
        "provider_reference",
        "requested_at",
        "approved_at",
        "ended_at",
        "decided_by",
    )
    staff_actions = (
        StaffAction("approve", mark("Approve it"), DECIDE_WITHDRAWAL, (WithdrawalState.REVIEW,), _approve),
        StaffAction(
            "complete",
            mark("It has been paid out"),
            "accounts.complete_withdrawal",
            (WithdrawalState.APPROVED,),
            _complete,
            mark("The payment's own id, of the bank or the chain"),
        ),
        StaffAction(
            "refuse",
            mark("Refuse it and give the money back"),
            DECIDE_WITHDRAWAL,
            (WithdrawalState.REVIEW, WithdrawalState.APPROVED),
            _refuse_withdrawal,
            mark("Reason, which the trader reads"),
        ),
    )

    @admin.display(description=gettext_lazy("address"))
    def address(self, withdrawal: Withdrawal) -> str:
        return withdrawal.beneficiary.address

    def requestable(self, obj: Withdrawal) -> list[tuple[str, Subject]]:
        waits = obj.state == WithdrawalState.REVIEW
        return [("large_withdrawal", Subject.of("withdrawal", obj.pk))] if waits and self.needs_two(obj) else []

    def possible(self, request: HttpRequest, obj: Withdrawal) -> list[StaffAction]:
        staff_actions = super().possible(request, obj)
        return [action for action in staff_actions if action.name != "approve" or not self.needs_two(obj)]


@admin.register(Beneficiary)
class BeneficiaryAdmin(Audited, ReadOnlyAdmin):
    list_display = ("user", "label", "currency", "address", "usable_from", "removed_at")
    list_select_related = ("user",)
    list_filter = ("currency",)
    search_fields = ("user__email", "address", "label")
    ordering = ("-id",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "provider", "event", "reference", "delivery_id")
    list_filter = ("provider", "event")
    search_fields = ("reference", "delivery_id")
    ordering = ("-id",)
