"""Nobody asks for or decides on what is their own money or account, with any roles: each action with four eyes."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.messages import ERROR
from django.test import Client
from django.urls import reverse

from accounts.approval_actions import registered_actions
from accounts.domain.approvals.requests import Decision, OwnRequest, Role
from accounts.domain.approvals.staff_decisions import STAFF_DECISIONS
from accounts.models import User
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.tests.cast import NOON, standing
from accounts.tests.staff import asked, staff_member
from accounts.tests.till import customer
from trading.tests.cast import Stage, Trader
from trading.tests.voids import settled

pytestmark = pytest.mark.django_db(transaction=True)

# Payments and limits need more preparation, and have tests of their own.
ELSEWHERE = {decision.together for decision in STAFF_DECISIONS} | {"raise_limit"}
# The terms of a currency are nobody's own.
NOBODYS = {"change_terms"}
# A frozen person decides nothing at all.
NEVER = {"unfreeze_user"}
HERE: dict[str, dict[str, Any]] = {
    "adjust_balance": {"amount": "5"},
    "change_staff": {"standing": "none"},
    "freeze_user": {},
    "grant_bonus": {"amount": "5"},
    "void_trade": {},
}


@pytest.fixture
def insider(alice: Trader) -> Trader:
    """A trader who became a member of staff, with every role."""
    User.objects.filter(pk=alice.user.pk).update(is_staff=True)
    alice.user.groups.set(Group.objects.filter(name__in=Role))
    return alice


def subject_of(action: str, insider: Trader, stage: Stage) -> str:
    if action in ("freeze_user", "change_staff"):
        return f"user:{insider.user.pk}"
    if action != "void_trade":
        return f"wallet:{insider.wallet.id}"
    trade = insider.place()
    settled(stage, "60001.00")
    return f"trade:{trade.pk}"


def test_each_action_is_tried() -> None:
    assert {action.name for action in registered_actions()} == ELSEWHERE | NOBODYS | NEVER | HERE.keys()


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("action", HERE)
def test_nobody_decides_on_what_is_their_own(action: str, decision: Decision, insider: Trader, stage: Stage) -> None:
    asker = staff_member("sam", Role.SUPPORT, Role.FINANCE)
    User.objects.filter(pk=asker.pk).update(is_superuser=True)
    subject = subject_of(action, insider, stage)
    request = request_approval(
        action=action, subject=subject, arguments=HERE[action], reason="because", requested_by=asker.pk, now=NOON
    )
    with pytest.raises(OwnRequest):
        decide_request(
            request_id=request.pk, decision=decision, reason="mine", decided_by=insider.user.pk, clock=standing(NOON)
        )


@pytest.mark.parametrize("action", HERE)
def test_nobody_asks_for_what_is_their_own(action: str, insider: Trader, stage: Stage) -> None:
    """Otherwise the one who approves would be the only other pair of eyes."""
    User.objects.filter(pk=insider.user.pk).update(is_superuser=True)
    with pytest.raises(OwnRequest):
        asked(action, subject_of(action, insider, stage), by=insider.user, **HERE[action])


def test_no_button_of_the_back_office_works_for_the_owner(insider: Trader) -> None:
    """Nor does it say that it has: each one that a page has for deposits and withdrawals, pressed by the owner."""
    User.objects.filter(pk=insider.user.pk).update(is_superuser=True)
    till, browser = customer(insider), Client()
    browser.force_login(User.objects.get(pk=insider.user.pk))
    pressed = 0
    for row in (till.stored_deposit(), till.stored_withdrawal()):
        page = f"admin:accounts_{row._meta.model_name}_do"
        for action in admin.site._registry[type(row)].staff_actions:  # type: ignore[attr-defined]
            answer = browser.post(reverse(page, args=[row.pk, action.name]), {"text": "because"}, follow=True)
            (told,) = answer.context["messages"]
            assert (told.level, str(told)) == (ERROR, str(OwnRequest.title)), action.name
            pressed += 1
        row.refresh_from_db()
        assert row.decided_by_id is None
    assert pressed == 6
