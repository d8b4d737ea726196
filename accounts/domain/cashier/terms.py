"""The cashier's terms: how long a deposit waits, and those of one currency, as staff type them."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from accounts.domain.cashier.real_money import Provider
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.money import SCALES, step
from accounts.domain.notation import parse_typed_decimal, places, write_decimal
from accounts.domain.texts import is_plain

PAYMENT_WAITS = {Provider.MANUAL: timedelta(days=7), Provider.BTCPAY: timedelta(hours=1)}
"""A deposit waits this long for its payment, unless its invoice sets another time."""

SWITCHES = ("deposits_open", "withdrawals_open")
AMOUNTS = (
    *("deposit_min", "deposit_daily_max", "deposit_fee"),
    *("withdrawal_min", "withdrawal_daily_max", "withdrawal_fee", "four_eyes_from"),
)
YES, NO = "yes", "no"
AMOUNT_BOUND, INSTRUCTIONS_MAX = 10**12, 2000
BOUNDS = (("deposit_min", "deposit_daily_max"), ("withdrawal_min", "withdrawal_daily_max"))

Terms = Mapping[str, str]
"""Each term by its name: "yes" or "no", a provider, the instructions, or an amount in the shortest notation."""


def read_terms(currency: str, typed: Mapping[str, object]) -> dict[str, str]:
    """Returns all terms of the currency in their one notation. Raises InvalidInput with each faulty field."""
    terms, faults = dict[str, str](), list[FieldError]()
    for name in SWITCHES:
        terms[name] = str(typed.get(name))
        if terms[name] not in (YES, NO):
            faults.append(FieldError(name, "unknown-value", f"one of {YES}, {NO}"))
    terms["deposit_provider"] = str(typed.get("deposit_provider"))
    if terms["deposit_provider"] not in list(Provider):
        faults.append(FieldError("deposit_provider", "unknown-value", f"one of {', '.join(Provider)}"))
    terms["deposit_instructions"] = text = str(typed.get("deposit_instructions", "")).strip().replace("\r\n", "\n")
    if not is_plain(text, lines=True) or len(text) > INSTRUCTIONS_MAX:
        faults.append(FieldError("deposit_instructions", "invalid", f"at most {INSTRUCTIONS_MAX} visible characters"))
    amounts = {name: parse_typed_decimal(typed.get(name)) for name in AMOUNTS}
    faults += _faults(currency, amounts)
    if faults:
        raise InvalidInput(fields=tuple(faults))
    return terms | {name: write_decimal(amount) for name, amount in amounts.items() if amount is not None}


def _faults(currency: str, amounts: Mapping[str, Decimal | None]) -> Iterator[FieldError]:
    known = dict[str, Decimal]()
    for name, amount in amounts.items():
        least = step(currency) if name.endswith("_min") else Decimal(0)
        if amount is None or places(amount) > SCALES[currency] or not least <= amount < AMOUNT_BOUND:
            bounds = f"from {write_decimal(least)} to below {AMOUNT_BOUND}"
            message = f"a plain decimal number {bounds}, with at most {SCALES[currency]} decimal places"
            yield FieldError(name, "invalid-number", message)
        else:
            known[name] = amount
    for smallest, largest in BOUNDS:
        if smallest in known and largest in known and known[largest] < known[smallest]:
            yield FieldError(largest, "too-small", "less than the smallest")
    if "deposit_min" in known and "deposit_fee" in known and known["deposit_fee"] >= known["deposit_min"]:
        yield FieldError("deposit_fee", "too-large", "the fee has to be less than the smallest deposit")
