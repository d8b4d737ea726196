"""Each role sees its navigation and opens its pages, and no others: all addresses of the back office, as each role."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from accounts.approval_actions import registered_actions
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.roles import DOES, READS
from accounts.models import User
from accounts.tests.staff import asked, back_office, staff_member
from cryptotrader.office.navigation import JOBS, places
from trading.tests.cast import open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)

NAVIGATION = {
    Role.SUPPORT: {
        "Overview", "Work", "All people", "Own limits", "Notes", "Deposits", "Withdrawals", "Wallets and accounts",
        "Transfers", "Instruments", "All trades", "Early closes", "Corrections", "Approvals", "Announcements",
    },
    Role.FINANCE: {
        "Overview", "Work", "All people", "Own limits", "Notes", "Deposits", "Withdrawals", "Wallets and accounts",
        "Transfers", "Beneficiaries", "Cashier's terms", "Providers' messages", "Instruments", "Exposure", "All trades",
        "Early closes", "Corrections", "Approvals",
    },
    Role.RISK: {
        "Overview", "Work", "All people", "Own limits", "Notes", "Deposits", "Withdrawals", "Wallets and accounts",
        "Transfers", "Beneficiaries", "Cashier's terms", "Instruments", "Exposure", "All trades", "Early closes",
        "Corrections", "Payouts", "Price venues", "Index prices", "Approvals", "Audit", "Announcements", "Exports",
        "Roles", "Daily digests", "Signing keys",
    },
    Role.OPERATOR: {
        "Overview", "Work", "Instruments", "Exposure", "Payouts", "Price venues", "Index prices", "Announcements",
        "Backups", "Daily digests", "Signing keys", "Prunings",
    },
    Role.AUDITOR: {place.title for place in places()},
}  # fmt: skip
"""The whole navigation of each role: a page that a role gains or loses has to change this table."""

POSTS = {
    "answer": "accounts.add_alertanswer",
    "accounts_announcement_add": "accounts.add_announcement",
    "accounts_announcement_withdraw": "accounts.add_announcement",
    "monitoring_back_up_now": "monitoring.make_backup",
    "note": "accounts.add_personnote",
    "trading_payoutversion_add": "trading.add_payoutversion",
    "trading_status": "trading.set_status",
    "trading_instrument_add": "trading.add_instrument",
    "accounts_deposit_do": "accounts.decide_deposit",
    "accounts_withdrawal_do": "accounts.decide_withdrawal",
}
"""By the name of an address: the permission without which nothing may be sent there."""


@pytest.fixture
def anyone() -> User:
    open_stage()
    return trader("ann").user


def addresses() -> Iterator[tuple[str, str]]:
    """Each named address of the site with its route."""
    for pattern in _flat(admin.site.get_urls()):
        if pattern.name and not pattern.name.startswith(("jsi18n", "autocomplete", "view_on_site")):
            yield pattern.name, str(pattern.pattern)


def _flat(patterns: list[Any], before: str = "") -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _flat(pattern.url_patterns, before)
        elif isinstance(pattern, URLPattern):
            yield pattern


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_its_navigation_and_no_more(role: Role) -> None:
    page = back_office(staff_member("sam", role)).get("/admin/").content.decode()
    nav = page[page.index('id="office-nav"') : page.index("</nav>")]
    shown = {re.sub(r"&#x27;", "'", title) for title in re.findall(r"<li><a [^>]*>([^<]*)</a>", nav)}
    assert shown == NAVIGATION[role]


def test_every_list_stands_in_the_navigation() -> None:
    named = {place.page for place in places()}
    lists = {f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry}
    assert lists - named == set()
    assert len([place for job in JOBS for place in job.places]) == len(named)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_the_lists_of_its_navigation_and_no_others(role: Role, anyone: User) -> None:
    browser = back_office(staff_member("sam", role))
    opened: set[str] = set()
    refused: set[str] = set()
    for place in places():
        status = browser.get(reverse(place.page)).status_code
        assert status in (200, 403), place.page
        (opened if status == 200 else refused).add(place.title)
    assert opened == NAVIGATION[role]
    assert refused == {place.title for place in places()} - opened


@pytest.mark.long
@pytest.mark.parametrize("role", Role)
def test_a_role_may_send_nothing_that_it_may_not_do(role: Role, anyone: User) -> None:
    """Walks every address with POST. Without the permission it is refused: 403, or 404 for an action's form."""
    member = staff_member("sam", role)
    browser = back_office(member)
    allowed = set(member.get_all_permissions())
    tried = 0
    for name, route in addresses():
        address = "/admin/" + re.sub(r"<(\w+:)?(\w+)>", lambda match: _value(match[2], anyone), route)
        if name.endswith("_delete"):
            assert browser.post(address, {"post": "yes"}).status_code in (403, 404, 302), name
        elif name in POSTS and POSTS[name] not in allowed:
            assert browser.post(address, {}).status_code in (403, 404), name
        elif name.endswith(("_add", "_change")) and name not in POSTS:
            model = name.rpartition("_")[0].replace("_", ".", 1)
            may = {model.replace(".", ".add_"), model.replace(".", ".change_")} & allowed
            if not may:
                assert browser.post(address, {}).status_code in (403, 404, 405, 302), name
        tried += 1
    assert tried > 120


@pytest.mark.parametrize("role", Role)
def test_a_role_asks_for_its_actions_alone(role: Role, anyone: User) -> None:
    browser = back_office(staff_member("sam", role))
    for action in registered_actions():
        address = reverse("admin:accounts_approvalrequest_ask", args=[action.name, "user:0"])
        assert browser.get(address).status_code == 404  # nobody has such a subject
        if role not in action.requesters:
            own = reverse("admin:accounts_approvalrequest_ask", args=[action.name, f"user:{anyone.pk}"])
            assert browser.post(own, {"reason": "because"}).status_code == 404, action.name


@pytest.mark.parametrize("role", Role)
def test_who_only_reads_takes_no_work(role: Role, anyone: User) -> None:
    sue, browser = staff_member("sue", Role.SUPPORT), back_office(staff_member("sam", role))
    asked("freeze_user", f"user:{anyone.pk}", by=sue, at=timezone.now())
    pieces = re.findall(r'<tr id="([^"]+)"', browser.get("/admin/work/").content.decode())
    takes = browser.get("/admin/work/").content.decode().count('value="take"')
    assert pieces
    assert takes == (0 if role == Role.AUDITOR else len(pieces))
    for do in ("take", "return"):
        status = browser.post("/admin/work/claim/", {"subject": pieces[0], "do": do}).status_code
        assert status == (403 if role == Role.AUDITOR else 302), do


@pytest.mark.parametrize("role", Role)
def test_exports_are_for_those_who_may_take_lists_out(role: Role) -> None:
    browser = back_office(staff_member("sam", role))
    address = reverse("admin:trading_instrument_export")
    assert browser.post(address).status_code == (200 if "accounts.export_lists" in DOES[role] else 403)
    assert browser.get(address).status_code == 405


def test_each_permission_of_the_table_exists() -> None:
    there = {f"{each.content_type.app_label}.{each.codename}" for each in Permission.objects.select_related()}
    named = {table.replace(".", ".view_") for tables in READS.values() for table in tables}
    named |= {name for names in DOES.values() for name in names}
    assert named - there == set()
    assert set(Group.objects.values_list("name", flat=True)) == set(Role)


def test_the_operator_sees_neither_people_nor_money(anyone: User) -> None:
    browser = back_office(staff_member("otto", Role.OPERATOR))
    assert browser.get(f"/admin/accounts/user/{anyone.pk}/change/").status_code == 403
    assert "ann@example.com" not in browser.get("/admin/search/?q=ann").content.decode()


def test_who_is_no_member_of_staff_opens_nothing(anyone: User) -> None:
    browser = Client()
    browser.force_login(anyone)
    for place in places():
        assert browser.get(reverse(place.page)).status_code == 302


def _value(name: str, anyone: User) -> str:
    values = {"user_id": str(anyone.pk), "action": "credit", "app_label": "accounts"}
    if name in ("object_id", "trade_id", "request_id"):
        return "0195a1b2-0000-7000-8000-000000000000"
    return values.get(name, "1")
