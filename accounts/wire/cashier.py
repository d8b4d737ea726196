"""The JSON shape of deposits, withdrawals, beneficiaries and allowances."""

from datetime import datetime

from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from accounts.models import Beneficiary, Deposit, Withdrawal
from accounts.selectors.cashier.real_money import Allowance


def allowance(allowance: Allowance) -> dict[str, object]:
    """The terms of real money in one currency, and the rest of this person's maxima for today."""
    terms, currency = allowance.terms, allowance.terms.currency
    return {
        "currency": currency,
        "deposits": {
            "open": allowance.takes_deposits,
            "provider": terms.deposit_provider,
            "instructions": terms.deposit_instructions,
            "amount_min": write_money(terms.deposit_min, currency),
            "daily_max": write_money(terms.deposit_daily_max, currency),
            "left_today": write_money(allowance.deposit.left_today, currency),
            "fee": write_money(terms.deposit_fee, currency),
        },
        "withdrawals": {
            "open": terms.withdrawals_open,
            "amount_min": write_money(terms.withdrawal_min, currency),
            "daily_max": write_money(terms.withdrawal_daily_max, currency),
            "left_today": write_money(allowance.withdrawal.left_today, currency),
            "fee": write_money(terms.withdrawal_fee, currency),
        },
    }


def deposit(deposit: Deposit) -> dict[str, object]:
    """A deposit in its present state. The wallet receives `amount` − `fee`."""
    return opened_deposit(deposit) | {
        "state": str(deposit.state),
        "note": deposit.note,
        "reason": deposit.reason if deposit.state == "refused" else "",
        "ended_at": _instant(deposit.ended_at),
    }


def opened_deposit(deposit: Deposit) -> dict[str, object]:
    """A deposit in its first state: every replay of the request returns the same bytes."""
    return {
        "id": str(deposit.pk),
        "amount": write_money(deposit.amount, deposit.currency),
        "fee": write_money(deposit.fee, deposit.currency),
        "currency": deposit.currency,
        "provider": deposit.provider,
        "checkout_url": deposit.checkout_url or None,
        "state": "requested",
        "requested_at": write_instant(deposit.requested_at),
        "expires_at": write_instant(deposit.expires_at),
        "note": "",
        "reason": "",
        "ended_at": None,
    }


def withdrawal(withdrawal: Withdrawal) -> dict[str, object]:
    """A withdrawal in its present state, with its beneficiary."""
    return requested_withdrawal(withdrawal) | {
        "state": str(withdrawal.state),
        "reference": withdrawal.provider_reference,
        "reason": withdrawal.reason,
        "approved_at": _instant(withdrawal.approved_at),
        "ended_at": _instant(withdrawal.ended_at),
    }


def requested_withdrawal(withdrawal: Withdrawal) -> dict[str, object]:
    """A withdrawal in its first state: every replay of the request returns the same bytes."""
    beneficiary, currency = withdrawal.beneficiary, withdrawal.currency
    return {
        "id": str(withdrawal.pk),
        "amount": write_money(withdrawal.amount, currency),
        "fee": write_money(withdrawal.fee, currency),
        "currency": currency,
        "beneficiary": {"id": str(beneficiary.pk), "label": beneficiary.label, "address": beneficiary.address},
        "state": "review",
        "requested_at": write_instant(withdrawal.requested_at),
        "reference": "",
        "reason": "",
        "approved_at": None,
        "ended_at": None,
    }


def beneficiary(beneficiary: Beneficiary) -> dict[str, object]:
    """A destination for withdrawals, from `usable_from` on."""
    return {
        "id": str(beneficiary.pk),
        "currency": beneficiary.currency,
        "label": beneficiary.label,
        "address": beneficiary.address,
        "created_at": write_instant(beneficiary.created_at),
        "usable_from": write_instant(beneficiary.usable_from),
    }


def _instant(value: datetime | None) -> str | None:
    return write_instant(value) if value else None
