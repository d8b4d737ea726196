"""Deposits and withdrawals of real money: their states, their checks and their refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from unicodedata import normalize
from uuid import UUID

from accounts.domain.errors import FieldError, InsufficientFunds, InvalidInput, Refusal, Said, mark
from accounts.domain.money import SCALES, write_money
from accounts.domain.notation import places
from accounts.domain.texts import is_plain

BENEFICIARY_DELAY = timedelta(hours=24)
"""A new beneficiary waits this long before it can receive money, so that the owner can notice a theft."""

BENEFICIARIES_MAX = 20
"""The most beneficiaries that one person may have at a time."""


class DepositState(StrEnum):
    """REQUESTED: waits for the payment; REVIEW: staff look for the payment. The other states are final."""

    REQUESTED = "requested"
    REVIEW = "review"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class WithdrawalState(StrEnum):
    """REVIEW: reserved, staff look; APPROVED: to be paid out. The others are final. Traders may cancel in REVIEW."""

    REVIEW = "review"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


DEPOSIT_ENDS = (DepositState.DONE, DepositState.REFUSED, DepositState.EXPIRED)
WITHDRAWAL_ENDS = (WithdrawalState.DONE, WithdrawalState.REFUSED, WithdrawalState.CANCELLED)


class Provider(StrEnum):
    """The receiver of a payment. MANUAL: the trader pays by the operator's instructions, and staff look for it."""

    MANUAL = "manual"
    BTCPAY = "btcpay"


DEPOSIT_STEPS: Mapping[DepositState, set[DepositState]] = {
    DepositState.REQUESTED: {*DepositState} - {DepositState.REQUESTED},
    DepositState.REVIEW: {DepositState.DONE, DepositState.REFUSED},
    # A late payment is still the trader's money: staff look at it.
    DepositState.EXPIRED: {DepositState.REVIEW},
    DepositState.DONE: set(),
    DepositState.REFUSED: set(),
}
WITHDRAWAL_STEPS: Mapping[WithdrawalState, set[WithdrawalState]] = {
    WithdrawalState.REVIEW: {WithdrawalState.APPROVED, WithdrawalState.REFUSED, WithdrawalState.CANCELLED},
    WithdrawalState.APPROVED: {WithdrawalState.DONE, WithdrawalState.REFUSED},
    WithdrawalState.DONE: set(),
    WithdrawalState.REFUSED: set(),
    WithdrawalState.CANCELLED: set(),
}


State = TypeVar("State", DepositState, WithdrawalState)


def check_step(steps: Mapping[State, set[State]], state: str, target: State) -> None:
    """Raises WrongState unless the deposit or withdrawal may go from that state to this one."""
    if target not in steps[type(target)(state)]:
        raise WrongState(
            Said(mark("It is {state}, so it can't become {target}"), state=state, target=target), state=str(state)
        )


class CashierClosed(Refusal):
    code, status = "cashier-closed", 409
    title = mark("This is not possible in this currency at the moment")


class AmountOutOfBounds(Refusal):
    code, status = "amount-out-of-bounds", 400
    title = mark("The amount is outside the limits")


class DailyMaximumReached(Refusal):
    code, status = "daily-maximum-reached", 409
    title = mark("This is more than the rest of today's maximum")


class InsufficientForWithdrawal(InsufficientFunds):
    title = mark("Not enough available for this amount and its fee")


class BeneficiaryNotUsable(Refusal):
    code, status = "beneficiary-not-usable", 409
    title = mark("Money can't go to this beneficiary yet")


class WithdrawalsPaused(Refusal):
    code, status = "withdrawals-paused", 409
    title = mark("There are no withdrawals for a while after the second factor was removed")


class TooManyBeneficiaries(Refusal):
    code, status = "too-many-beneficiaries", 409
    title = mark("You have as many beneficiaries as one person may have: remove one first")


class BeneficiaryExists(Refusal):
    code, status = "beneficiary-exists", 409
    title = mark("You have a beneficiary with this address already")


class WrongState(Refusal):
    code, status = "wrong-state", 409
    title = mark("Its state doesn't allow this any more")


class PaymentProviderUnavailable(Refusal):
    code, status, retry_after_seconds = "payment-provider-unavailable", 503, 30
    title = mark("The payment provider doesn't answer: try again in a minute")


class SecondApprovalRequired(Refusal):
    code, status = "second-approval-required", 409
    title = mark("This needs the approval of another member of staff")


class PaymentKnown(Refusal):
    code, status = "payment-known", 409
    title = mark("This payment has been credited to another deposit already")


class PayoutKnown(Refusal):
    code, status = "payout-known", 409
    title = mark("This payment has paid another withdrawal already")


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one kind of movement in the terms. `left_today` is the rest of the day's maximum."""

    currency: str
    least: Decimal
    left_today: Decimal

    def check(self, amount: Decimal) -> None:
        """Raises AmountOutOfBounds or DailyMaximumReached."""
        if amount < self.least or places(amount) > SCALES[self.currency]:
            shown = write_money(self.least, self.currency)
            detail = f"At least {shown} {self.currency}, with at most {SCALES[self.currency]} decimal places"
            raise AmountOutOfBounds(detail, amount_min=shown, decimal_places=SCALES[self.currency])
        if amount > self.left_today:
            shown = write_money(self.left_today, self.currency)
            raise DailyMaximumReached(
                Said(mark("{amount} are left today"), amount=f"{shown} {self.currency}"), left_today=shown
            )


@dataclass(frozen=True, slots=True)
class DepositRequest:
    """A request to pay in. `idempotency_key` is the client's own name for this one deposit, for ever."""

    user_id: int
    idempotency_key: str
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class WithdrawalRequest:
    """A request to be paid out; the amount excludes the fee. Its key works like a deposit's."""

    user_id: int
    idempotency_key: str
    beneficiary_id: UUID
    amount: Decimal


def start_of_day(now: datetime) -> datetime:
    """Returns the start of the day for the daily maxima: midnight UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def check_address(*, currency: str, label: str, address: str) -> None:
    """Raises InvalidInput for an unusable text. It can't detect a wrong address: staff look before they pay."""
    errors = []
    if currency not in SCALES:
        errors.append(FieldError("currency", "unknown", f"one of {', '.join(SCALES)}"))
    if not _printable(label, 1, 60):
        errors.append(FieldError("label", "invalid", "1 to 60 printable characters"))
    shortest = 20 if currency in ("BTC", "USDT") else 4
    is_coin = currency in ("BTC", "USDT")
    if not _printable(address, shortest, 200) or (is_coin and not (address.isascii() and address.isalnum())):
        kind = "letters and digits" if is_coin else "printable characters"
        errors.append(FieldError("address", "invalid", f"{shortest} to 200 {kind}"))
    if errors:
        raise InvalidInput(fields=tuple(errors))


def check_reference(field: str, text: str, most: int) -> str:
    """Returns the trimmed text. Raises InvalidInput if it is empty, too long or not printable."""
    text = text.strip()
    if not _printable(text, 1, most):
        raise InvalidInput(fields=(FieldError(field, "invalid", f"1 to {most} printable characters"),))
    return text


def check_payment(text: str) -> str:
    """Returns a payment's reference, with letters, digits and hyphens in their plain form. Raises InvalidInput.

    Case and spaces are kept as typed, but they don't distinguish payments: `bank 1` and `BANK1` are one payment.
    """
    return check_reference("reference", normalize("NFKC", text).translate(_DASHES), 120)


_DASHES = dict.fromkeys(map(ord, "\u2010\u2012\u2013\u2014\u2015\u2212"), "-")
"""Documents and mail programs write a hyphen as one of these; NFKC makes one of U+2011 too."""


def _printable(text: str, least: int, most: int) -> bool:
    return least <= len(text) <= most and is_plain(text) and text == text.strip()
