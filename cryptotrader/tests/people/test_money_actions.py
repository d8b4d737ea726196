"""Each way of staff to move money, or to change its bounds and its guardians, stands in one table of the runbook."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.approval_actions import registered_actions
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.roles import DOES
from accounts.domain.approvals.staff_decisions import STAFF_DECISIONS
from accounts.models import CashierTerms, User
from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.staff import staff_member
from accounts.tests.till import open_terms
from cryptotrader.local.home import ROOT

HEADING = "### Actions of staff on money"


def table() -> dict[str, tuple[str, str, str, str]]:
    """The rows of the runbook: the action with four eyes -> alone below the bound, asks, approves, approvals."""
    text = (ROOT / "docs" / "runbook.md").read_text().partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", text, re.MULTILINE)
    return {name: (alone, asks, approves, needed) for name, alone, asks, approves, needed in rows}


def listed(roles: tuple[Role, ...]) -> str:
    return ", ".join(f"`{role}`" for role in Role if role in roles) or "superusers"


def test_the_runbook_lists_each_action_as_it_is() -> None:
    alone = {each.together: f"`{Role.FINANCE}`" for each in STAFF_DECISIONS if each.alone}
    actions = {
        each.name: (
            alone.get(each.name, "never"), listed(each.requesters), listed(each.approvers), str(each.approvals_needed),
        )
        for each in registered_actions()
    }  # fmt: skip
    assert table() == actions
    permissions = {f"accounts.{each.alone}" for each in STAFF_DECISIONS if each.alone}
    assert {role for role, does in DOES.items() if permissions & {*does}} == {Role.FINANCE}


DECISIVE: dict[str, Any] = {
    **{"is_staff": "on", "is_superuser": "on", "groups": ["1", "2", "3", "4"], "user_permissions": ["1"]},
    **{"four_eyes_from": "999999", "deposit_fee": "0", "withdrawal_daily_max": "999999", "permissions": ["1", "2"]},
    **{"locale": "en", "name": "risk", "standing": "superuser", "roles": "risk", "reason": "because"},
}


def addresses(*rows: Any) -> Iterator[str]:
    """Every page of the back office that takes a form about these rows, and that of a new row of each table."""
    for model in admin.site._registry:
        yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    for row in rows:
        for page in ("change", "delete"):
            yield reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


@pytest.mark.django_db(transaction=True)
def test_one_superuser_alone_changes_no_terms_no_roles_and_no_standing() -> None:
    """Neither a second account of their own, nor what one person may decide: on no page of the back office."""
    root = User.objects.create_superuser("root@example.com", PASSWORD, locale="en", joined_at=NOON)
    second = User.objects.create_user("second@example.com", PASSWORD, locale="en", joined_at=NOON)
    staff, terms = staff_member("sam", Role.SUPPORT), open_terms()
    before = facts()
    browser = Client(raise_request_exception=False)
    browser.force_login(root)
    tried = 0
    for address in addresses(root, second, staff, terms, *staff.groups.all()):
        browser.post(address, DECISIVE)
        tried += 1
    for action in registered_actions():
        for subject in (f"user:{second.pk}", f"cashier_terms:{terms.currency}"):
            asking = reverse("admin:accounts_approvalrequest_ask", args=[action.name, subject])
            browser.post(asking, DECISIVE)
    assert tried > 20
    assert facts() == before


def facts() -> list[Any]:
    people = User.objects.order_by("pk").values_list("email", "is_staff", "is_superuser")
    roles = Group.objects.values_list("name", "user__email", "permissions__codename")
    return [list(people), sorted(roles, key=str), list(CashierTerms.objects.values())]
