"""The values of the back office: no raw number and no raw time, every right in words, sums as a spreadsheet counts."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.test import RequestFactory

from accounts.admin import columns
from accounts.admin.approval_words import done_alone
from accounts.admin.list_exports import Sum, cell_of, sheet
from accounts.domain.approvals.requests import Role
from accounts.models import ApprovalRequest, User
from accounts.tests.staff import staff_member
from cryptotrader.office.day_chart import chart
from trading.selectors.office.market_days import Day

RAW = (models.DateTimeField, models.DecimalField, models.UUIDField)


def raw_values(reader: User) -> Iterator[str]:
    """The columns and fields that a list or a page shows as Django does: eight places, no seconds, no zone."""
    request = RequestFactory().get("/")
    request.user = reader
    for model, page in admin.site._registry.items():
        if model in (User, ApprovalRequest):
            continue  # their pages are our own
        groups = page.get_fieldsets(request, model())
        fields = [name for _title, options in groups for name in options["fields"]]
        for name in {*page.get_list_display(request), *fields}:
            field = next((each for each in model._meta.concrete_fields if each.name == name), None)
            if isinstance(field, RAW):
                yield f"{model.__name__}.{name}"


@pytest.mark.django_db
def test_no_page_shows_a_raw_number_or_time() -> None:
    assert list(raw_values(staff_member("art", Role.AUDITOR))) == []


@pytest.mark.django_db
def test_each_right_of_a_role_has_words() -> None:
    assert [group.name for group in Group.objects.all() if "_" in done_alone(group)] == []


@pytest.mark.parametrize(
    ("number", "shown"),
    [("1234567.50", "1,234,567.50"), ("-1234.5", "-1,234.5"), ("0.00", "0.00"), ("-0.50", "-0.50"), ("999", "999")],
)
def test_a_large_number_is_grouped(number: str, shown: str) -> None:
    assert columns.grouped(number) == shown


@pytest.mark.parametrize(
    ("shown", "cell"),
    [
        (columns.money(Decimal("1234.5"), "USDT"), Sum("1234.50", "USDT")),
        (columns.gain(Decimal("-1234.5"), "USDT"), Sum("-1234.50", "USDT")),
        (columns.gain(Decimal(85), "USDT"), Sum("85.00", "USDT")),
        (columns.short_id("01a22d43-981c-7000-b8b2-bc5a1add80a5", "/x/"), "01a22d43-981c-7000-b8b2-bc5a1add80a5"),
        (columns.badge("<b> & =1"), "<b> & =1"),
        (columns.lines("ann@example.com", "1.2.3.4"), "ann@example.com 1.2.3.4"),
        ("–", "–"),
    ],
)
def test_an_exported_cell_is_whole(shown: str, cell: Any) -> None:
    assert cell_of(shown) == cell


def test_a_column_of_sums_becomes_two() -> None:
    lines = list(sheet(["trade", "profit"], [["a", Sum("85.00", "USDT")], ["b", "–"]]))
    assert lines == [["trade", "profit", "profit: currency"], ["a", "85.00", "USDT"], ["b", "", ""]]


def test_bars_stand_on_their_day_and_on_their_side_of_the_line() -> None:
    last = date(2026, 3, 30)
    days = [
        Day(last - timedelta(days=back), 1, Decimal(1), Decimal(won)) for back, won in ((40, 9), (29, 30), (0, -10))
    ]
    shown = chart(days, last=last, number=30)
    first, second = shown.bars
    assert (first.x, first.y, first.height, shown.zero) == (0, 0, 42, 42)
    assert (second.x, second.y, second.height) == (29 * 12, 42, 14)
    assert chart([], last=last, number=30).bars == []
