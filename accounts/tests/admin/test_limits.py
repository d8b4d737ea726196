"""Traders' own limits on the staff pages: all staff read them, two people raise one."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.domain.approvals.requests import Role
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind
from accounts.models import ApprovalRequest, TradingLimit, User
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.tests.cast import NOON, Person
from accounts.tests.staff import back_office, staff_member


@pytest.fixture
def limit(alice: Person) -> TradingLimit:
    wish = LimitChange(LimitKind.LOSS, "USDT", demo=True, period_days=7, amount=Decimal(100))
    set_trading_limits(user_id=alice.user.pk, changes=[wish], now=NOON)
    return TradingLimit.objects.get()


def test_support_asks_for_a_raise_and_risk_approves_it(limit: TradingLimit, rick: User) -> None:
    support = back_office(staff_member("sue", Role.SUPPORT))
    page = reverse("admin:accounts_tradinglimit_change", args=[limit.pk])
    ask = reverse("admin:accounts_approvalrequest_ask", args=["raise_limit", f"limit:{limit.pk}"])
    assert ask in support.get(page).content.decode()
    assert ask not in back_office(rick).get(page).content.decode()

    for slip in ("1_000", "1,00"):
        refused = support.post(ask, {"amount": slip, "reason": "by phone"}).content.decode()
        assert "none, or a decimal number with at most 2 places, is required" in refused
    support.post(ask, {"amount": "1,000", "reason": "by phone"})
    request = ApprovalRequest.objects.get()
    decide = reverse("admin:accounts_approvalrequest_change", args=[request.pk])
    told = back_office(rick).get(decide).content.decode()
    for words in ("Loss, 7 days, demo", "100.00 USDT", "1000.00 USDT", "alice@example.com"):
        assert words in told
    back_office(rick).post(
        reverse("admin:accounts_approvalrequest_decide", args=[request.pk]), {"decision": "approve", "reason": "called"}
    )
    limit.refresh_from_db()
    assert (limit.amount, limit.next_amount) == (100, 1000)


def test_nobody_types_a_limit(limit: TradingLimit, rick: User) -> None:
    page = reverse("admin:accounts_tradinglimit_change", args=[limit.pk])
    assert back_office(rick).post(page, {"amount": "1000000"}).status_code == 403
    rick.is_superuser = True
    rick.save()
    assert back_office(rick).post(page, {"amount": "1000000"}).status_code == 403
    assert back_office(rick).get(reverse("admin:accounts_tradinglimit_add")).status_code == 403
    limit.refresh_from_db()
    assert (limit.amount, limit.next_from) == (100, None)
