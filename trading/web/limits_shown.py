"""The tables of the limits page, and the changes that its forms ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from accounts.domain.errors import InvalidInput
from accounts.domain.limits.own_limits import (
    LABELS,
    PERIOD_LABELS,
    PERIODIC,
    PERIODS_DAYS,
    UNITS,
    LimitKind,
    write_amount,
)
from accounts.domain.notation import parse_typed_decimal, write_decimal
from accounts.selectors.ledger.wallets import Wallet
from trading.selectors.limits import LimitStanding

Key = tuple[LimitKind, int, str, bool]
"""Kind, days, currency, demo."""

OF_WALLETS = [
    (kind, days)
    for kind in (
        LimitKind.STAKE,
        LimitKind.OPEN_TRADES,
        LimitKind.LOSS,
        LimitKind.TURNOVER,
        LimitKind.DEPOSIT,
        LimitKind.BALANCE,
    )
    for days in (PERIODS_DAYS if kind in PERIODIC else (0,))
]
SESSION: Key = (LimitKind.SESSION, 0, "", False)
_FIELD = re.compile(r"([a-z_]+)-([0-9]{1,3})-([A-Z]{0,10})-(demo|real)", re.ASCII)
_PLACE = re.compile(r"limits\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit, set or not: its form field, its use, and the raise that waits."""

    name: str
    label: str
    unit: str
    value: str
    is_wrong: bool
    amount: str = ""
    used: str = ""
    left: str = ""
    percent: int = 0
    resets_at: datetime | None = None
    next_from: datetime | None = None
    next_amount: str = ""
    """Empty with `next_from`: no limit from then on."""


@dataclass(frozen=True, slots=True)
class LimitTable:
    """The limits of one wallet, or of the session."""

    id: str
    title: str
    demo: bool
    rows: list[LimitRow]


def limit_tables(
    wallets: Sequence[Wallet], standing: Sequence[LimitStanding], *, typed: Mapping[str, str], faulty: set[str]
) -> list[LimitTable]:
    """A table per wallet and one for the session; `typed` is shown again when any of it is invalid."""
    by_key = {_key(each): each for each in standing}

    def row(key: Key) -> LimitRow:
        return _row(key, by_key.get(key), typed, faulty)

    tables = []
    for wallet in wallets:
        keys: list[Key] = [
            (kind, days, wallet.currency, wallet.demo)
            for kind, days in OF_WALLETS
            if not (wallet.demo and kind is LimitKind.DEPOSIT)
        ]
        book = _("Demo wallet") if wallet.demo else _("Real wallet")
        title = f"{book} · {wallet.currency}"
        tables.append(LimitTable(f"wallet-{wallet.id}", title, wallet.demo, [row(key) for key in keys]))
    return [*tables, LimitTable("session", _("Session"), False, [row(SESSION)])]


def _key(standing: LimitStanding) -> Key:
    limit = standing.limit
    return limit.kind, limit.period_days, limit.currency, limit.demo


def _name(key: Key) -> str:
    kind, days, currency, demo = key
    return f"{kind}-{days}-{currency}-{'demo' if demo else 'real'}"


def _label(kind: LimitKind, days: int) -> str:
    return ", ".join(_(label) for label in (LABELS[kind], PERIOD_LABELS[days]) if label)


def _unit(kind: LimitKind, currency: str) -> str:
    return _(UNITS[kind]) if kind in UNITS else currency


def _row(key: Key, standing: LimitStanding | None, typed: Mapping[str, str], faulty: set[str]) -> LimitRow:
    kind, days, currency, _demo = key
    name = _name(key)
    current = "" if standing is None else _plain(standing.limit.amount, kind, currency)
    value = typed.get(name, current) if faulty else current
    row = LimitRow(name, _label(kind, days), _unit(kind, currency), value, name in faulty)
    return row if standing is None else _filled(row, standing)


def _filled(row: LimitRow, standing: LimitStanding) -> LimitRow:
    limit, used, left = standing.limit, standing.used, standing.left

    def shown(amount: Decimal | None) -> str:
        return "" if amount is None else str(intcomma(write_amount(amount, limit.kind, limit.currency)))

    full = used is not None and used >= limit.amount
    return LimitRow(
        name=row.name,
        label=row.label,
        unit=row.unit,
        value=row.value,
        is_wrong=row.is_wrong,
        amount=shown(limit.amount),
        used=shown(used),
        left=shown(left),
        percent=100 if full else int(100 * (used or 0) / limit.amount) if limit.amount else 0,
        resets_at=standing.resets_at,
        next_from=standing.next_from,
        next_amount=shown(standing.next_amount),
    )


def _plain(amount: Decimal, kind: LimitKind, currency: str) -> str:
    """The number in an input field: without grouping and trailing zeros."""
    text = write_amount(amount, kind, currency)
    return text.rstrip("0").rstrip(".") if "." in text else text


def changes_in(post: Mapping[str, str], standing: Sequence[LimitStanding]) -> tuple[list[str], list[dict[str, object]]]:
    """The limits that a form changes: the names of its fields, and the change of each in JSON's form.

    An unchanged field asks for nothing, so that a raise that waits stays. `keep` names the field whose raise is given
    up.
    """
    current = {_name(_key(each)): _plain(each.limit.amount, each.limit.kind, each.limit.currency) for each in standing}
    kept = post.get("keep", "")
    asked = {kept: current[kept]} if kept in current else {}
    if "keep" not in post:
        typed = {name: _as_json_says(text) for name, text in post.items()}
        asked = {name: text for name, text in typed.items() if text != current.get(name, "")}
    fields = {name: found for name in asked if (found := _FIELD.fullmatch(name))}
    return list(fields), [_change(found, asked[name] or None) for name, found in fields.items()]


def _as_json_says(text: str) -> str:
    """A typed number in its plain form; any other text stays, so that the service refuses it."""
    number = parse_typed_decimal(text)
    return text.strip() if number is None else write_decimal(number)


def _change(field: re.Match[str], amount: str | None) -> dict[str, object]:
    kind, days, currency, book = field.groups()
    change: dict[str, object] = {"kind": kind, "period_days": int(days), "amount": amount}
    return change if kind == LimitKind.SESSION else change | {"currency": currency, "demo": book == "demo"}


def fields_in_error(refusal: InvalidInput, names: Sequence[str]) -> set[str]:
    """The names of the form's fields that a refusal names."""
    places = (_PLACE.match(fault.field) for fault in refusal.fields)
    return {names[int(place[1])] for place in places if place}
