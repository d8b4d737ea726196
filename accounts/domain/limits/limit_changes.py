"""Parses the limit changes that a trader sends, and accepts only limits for the trader's own wallets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from accounts.domain.errors import FieldError, InvalidInput, unknown_field
from accounts.domain.limits.own_limits import COUNTED, PERIODIC, PERIODS_DAYS, LimitKind
from accounts.domain.money import SCALES
from accounts.domain.notation import parse_decimal, parse_whole, places

CHANGES_MAX = 50
"""The most limits that one request can set."""

AMOUNT_END = Decimal(10) ** 12
MEMBERS = ("kind", "currency", "demo", "period_days", "amount")


@dataclass(frozen=True, slots=True)
class LimitChange:
    """The new value of one limit; amount None removes it. A session limit has no currency and isn't demo."""

    kind: LimitKind
    currency: str
    demo: bool
    period_days: int
    amount: Decimal | None


def read_limit_changes(bodies: object, *, wallets: Collection[tuple[str, bool]]) -> list[LimitChange]:
    """Returns the changes in a list of JSON objects, for the owner of these wallets (currency, demo).

    Raises InvalidInput with the position of each fault: `limits[0].amount`.
    """
    if not isinstance(bodies, list) or not 0 < len(bodies) <= CHANGES_MAX:
        message = f"a list of 1 to {CHANGES_MAX} limits is required"
        raise InvalidInput(fields=(FieldError("limits", "invalid", message),))
    errors: list[FieldError] = []
    changes: list[LimitChange] = []
    for place, body in enumerate(bodies):
        found = _read(body, wallets)
        if isinstance(found, LimitChange):
            changes.append(found)
        else:
            errors += [FieldError(f"limits[{place}]{field and '.'}{field}", *fault) for field, *fault in found]
    if len({(change.kind, change.currency, change.demo, change.period_days) for change in changes}) < len(changes):
        errors.append(FieldError("limits", "duplicate", "each limit at most once"))
    if errors:
        raise InvalidInput(fields=tuple(errors))
    return changes


Faults = list[tuple[str, str, str]]


def _read(body: object, wallets: Collection[tuple[str, bool]]) -> LimitChange | Faults:
    if not isinstance(body, Mapping):
        return [("", "invalid", "an object is required")]
    if unknown := sorted(str(name) for name in body if name not in MEMBERS):
        found = unknown_field(unknown[0])
        return [(found.field, found.code, found.message)]
    kind = body.get("kind")
    if kind not in list(LimitKind):
        return [("kind", "unknown-value", "must be one of " + ", ".join(LimitKind))]
    limit_kind = LimitKind(str(kind))
    faults = [fault for fault in (_period(limit_kind, body), _wallet(limit_kind, body, wallets)) if fault]
    currency = "" if faults or limit_kind is LimitKind.SESSION else str(body["currency"])
    amount = (
        None
        if body.get("amount") is None and "amount" in body
        else read_amount(limit_kind, body.get("amount"), currency)
    )
    if isinstance(amount, str):
        faults.append(("amount", "invalid-number", amount))
    if faults or isinstance(amount, str):
        return faults
    return LimitChange(limit_kind, currency, bool(body.get("demo")), parse_whole(body.get("period_days")) or 0, amount)


def _period(kind: LimitKind, body: Mapping[str, object]) -> tuple[str, str, str] | None:
    given = body.get("period_days")
    days = parse_whole(given)
    if days in PERIODS_DAYS if kind in PERIODIC else given is None or days == 0:
        return None
    listed = "1, 7 or 30" if kind in PERIODIC else "0, or left out"
    return "period_days", "unknown-value", f"must be {listed} for this kind"


def _wallet(
    kind: LimitKind, body: Mapping[str, object], wallets: Collection[tuple[str, bool]]
) -> tuple[str, str, str] | None:
    currency, demo = body.get("currency"), body.get("demo")
    if kind is LimitKind.SESSION:
        bare = currency in (None, "") and demo in (None, False)
        return None if bare else ("currency", "invalid", "a session limit has no currency, and isn't demo")
    if not isinstance(demo, bool) or (demo and kind is LimitKind.DEPOSIT):
        return "demo", "invalid", "false is required: demo money isn't deposited" if demo is True else "true or false"
    if not isinstance(currency, str) or (currency, demo) not in wallets:
        return "currency", "unknown-wallet", "the currency of one of your wallets is required"
    return None


def read_amount(kind: LimitKind, value: object, currency: str) -> Decimal | str:
    """Returns the amount of a limit, or the error message."""
    amount = parse_decimal(value)
    if kind in COUNTED:
        least = 1 if kind is LimitKind.SESSION else 0
        if amount is None or amount != int(amount) or not least <= amount <= COUNTED[kind]:
            return f"null, or a whole number from {least} to {COUNTED[kind]}, is required"
        return amount
    scale = SCALES.get(currency, 8)
    if amount is None or not 0 <= amount < AMOUNT_END or places(amount) > scale:
        return f"null, or a decimal number with at most {scale} places, is required"
    return amount
