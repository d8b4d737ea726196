"""Amounts of a currency, and the one rounding rule: down to the currency's scale."""

from decimal import ROUND_DOWN, Decimal

SCALES = {"USDT": 2, "USD": 2, "KRW": 0, "BTC": 8}
"""Decimal places per currency: they define the smallest amount that a person can own or move."""


def step(currency: str) -> Decimal:
    """Returns the smallest amount of the currency, e.g. 0.01. Raises KeyError for an unknown currency."""
    return Decimal(1).scaleb(-SCALES[currency])


def round_down(amount: Decimal, currency: str) -> Decimal:
    """Returns the amount at the currency's scale, without the remainder."""
    return amount.quantize(step(currency), rounding=ROUND_DOWN)


def write_money(amount: Decimal, currency: str) -> str:
    """Returns the amount as a string at the currency's scale: 100 USDT is "100.00"."""
    return format(amount.quantize(step(currency), rounding=ROUND_DOWN), "f")


def tell_money(amount: Decimal, currency: str) -> str:
    """Returns the amount as a person reads it: "1,000.00 USDT"."""
    return f"{amount.quantize(step(currency), rounding=ROUND_DOWN):,f} {currency}"


def tell_change(amount: Decimal, currency: str) -> str:
    """Returns the amount with its sign, as a person reads it: "+85.00 USDT", "−1,000.00 USDT"."""
    return sign_of(amount) + tell_money(abs(amount), currency)


def sign_of(amount: Decimal) -> str:
    """Returns the sign of a change, with a real minus; none of zero."""
    return "+" if amount > 0 else "−" if amount < 0 else ""


def write_change(amount: Decimal, currency: str) -> str:
    """Returns the amount with its sign, a real minus: "+85.00", "−100.00"."""
    return sign_of(amount) + write_money(abs(amount), currency)
