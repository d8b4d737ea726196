"""The values of the back office as people read them: money in its currency's places, times with seconds and a zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from accounts.domain.approvals.requests import ROLE_NAMES
from accounts.domain.money import tell_change, write_money
from accounts.domain.notation import write_decimal

NOTHING = "–"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for *always* where something holds from a moment on."""

PERSON_PAGE = "admin:accounts_user_change"
ID_SHOWN = 13
"""Characters of a short id. Ids begin with their millisecond, so these tell them apart, and the search finds them."""


def instant(at: datetime | str | None) -> str:
    """`2026-03-01 12:00:05 UTC`, in the reader's zone. A template gives an empty text for what there isn't."""
    if not isinstance(at, datetime):
        return NOTHING
    if at == EPOCH:
        return gettext("from the beginning")
    return format_html('<time datetime="{}" translate="no">{}</time>', at.isoformat(), instant_text(at))


def instant_text(at: datetime) -> str:
    """The same without markup."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"


def day(at: date) -> str:
    """`2026-03-01`, which sorts as it reads."""
    return format_html('<time datetime="{}" translate="no">{}</time>', at.isoformat(), at.isoformat())


def money(amount: Decimal | str | None, currency: str) -> str:
    """`1,234.50 USDT`."""
    if not isinstance(amount, Decimal):
        return NOTHING
    return format_html(
        '<span class="number" translate="no">{} <small>{}</small></span>',
        grouped(write_money(amount, currency)),
        currency,
    )


def money_field(model: type[Model], name: str) -> Callable[[Any], str]:
    """A column of money of rows that have a `currency`, for a list or a page; `–` where it is empty."""

    def shown(row: Any) -> str:
        return money(getattr(row, name), row.currency)

    shown.__name__ = name
    described: Callable[[Any], str] = admin.display(description=model._meta.get_field(name).verbose_name)(shown)  # type: ignore[union-attr]
    return described


def gain(amount: Decimal | str | None, currency: str) -> str:
    """`+85.00 USDT` or `−100.00 USDT`, with the colour of up or down beside the sign."""
    if not isinstance(amount, Decimal):
        return NOTHING
    kind = "gain" if amount > 0 else "loss" if amount < 0 else ""
    return format_html('<span class="{}">{}</span>', kind, signed(amount, currency))


def signed(amount: Decimal | str | None, currency: str) -> str:
    """The same without a colour."""
    if not isinstance(amount, Decimal):
        return NOTHING
    shown = tell_change(amount, currency).removesuffix(f" {currency}")
    return format_html('<span class="number" translate="no">{} <small>{}</small></span>', shown, currency)


def grouped(number: str) -> str:
    """`1,234,567.50`, as Korean and English write it."""
    whole, point, places = number.partition(".")
    return f"{int(whole):,}{point}{places}" if whole.lstrip("-").strip("0") else number


def count(number: int) -> str:
    """A number of things, `2,012`."""
    return grouped(str(number))


def number(value: Decimal | int | None, unit: str = "", *, places: int | None = None) -> str:
    """A number without trailing zeros, or with this number of places."""
    if value is None:
        return NOTHING
    shown = write_decimal(value) if isinstance(value, Decimal) and places is None else f"{value:.{places or 0}f}"
    return format_html('<span class="number" translate="no">{}{}</span>', shown, unit)


def percent(rate: Decimal) -> str:
    """0.85 as `85 %`."""
    return number(rate * 100, " %")


def short_id(id: UUID | str | None, address: str = "") -> str:
    """The beginning of an id, as a link if there is an address, and a button that copies the whole id."""
    if not id:
        return NOTHING
    text = str(id)
    shown = text[:ID_SHOWN]
    inside = format_html('<a href="{}">{}</a>', address, shown) if address else shown
    return format_html(
        '<span class="nowrap"><span class="id" title="{}" translate="no">{}</span>{}</span>',
        text,
        inside,
        copy_button(text) if text != shown else "",
    )


def whole_id(id: UUID | str) -> str:
    """An id with a button that copies it."""
    return format_html('<span class="id" translate="no">{}</span>{}', id, copy_button(str(id)))


def copy_button(text: str) -> SafeString:
    """A button that copies this text. The script `office/copy.js` shows it where there is a clipboard."""
    return format_html(
        '<button type="button" class="copy" data-copy-text="{}" aria-label="{}" hidden></button>', text, gettext("Copy")
    )


def badge(text: object, *, care: bool = False, real: bool = False) -> str:
    """A word in a frame; `care` for what somebody has to look at, `real` for real money."""
    kind = " badge-care" if care else " badge-real" if real else ""
    return format_html('<span class="badge{}">{}</span>', kind, text)


def book(demo: bool) -> str:
    """Whether it is demo or real money."""
    return badge(gettext("demo")) if demo else badge(gettext("real"), real=True)


def arrow(direction: str) -> str:
    """▲ or ▼ with its word."""
    up = direction == "up"
    return format_html(
        '<span class="number {}" translate="no">{} {}</span>', "gain" if up else "loss", "▲" if up else "▼",
        gettext("up") if up else gettext("down"),
    )  # fmt: skip


def role(name: str) -> str:
    """A role's name in the reader's language; that of another group as it is."""
    known = {each.value: title for each, title in ROLE_NAMES.items()}
    return gettext(known[name]) if name in known else name


def person_link(id: int | None, email: str) -> str:
    """A person's email as a link to their page."""
    return format_html('<a class="email" href="{}">{}</a>', reverse(PERSON_PAGE, args=[id]), email) if id else NOTHING


def pair(*parts: str) -> str:
    """Parts beside each other, in one line."""
    joined = format_html_join(" ", "{}", ((part,) for part in parts if part))
    return format_html('<span class="nowrap">{}</span>', joined)


def lines(*parts: str) -> str:
    """Parts below each other."""
    return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts if part))
