"""Requests in lists: what is asked for, with names, currencies and places, in the reader's language."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.domain.approvals.requests import Role
from accounts.models import ApprovalRequest, TradingLimit
from accounts.tests.cast import NOON
from accounts.tests.staff import back_office, staff_member
from accounts.tests.till import TOMORROW
from cryptotrader.tests.office.texts import text_of
from trading.tests.cast import Trader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("action", "subject", "arguments", "english", "korean"),
    [
        ("adjust_balance", "wallet", {"amount": "-1234.5"}, "Amount: −1,234.50 USDT demo", "금액: −1,234.50 USDT 데모"),
        ("grant_bonus", "wallet", {"amount": "5"}, "Amount: +5.00 USDT demo", "금액: +5.00 USDT 데모"),
        ("raise_limit", "limit", {"amount": "9000"}, "Raise to: 9,000.00 USDT demo", "올릴 한도: 9,000.00 USDT 데모"),
        ("raise_limit", "limit", {"amount": "none"}, "Raise to: no limit", "올릴 한도: 한도 없음"),
        (
            *("change_terms", "cashier_terms:USDT", {"deposit_min": "10", "deposits_open": "yes"}),
            *("Deposits open: yes Smallest deposit: 10.00 USDT", "입금 가능: 예 최소 입금액: 10.00 USDT"),
        ),
        (
            *("change_staff", "user", {"standing": "staff", "roles": "risk,support"}),
            *("Standing: member of staff Roles: risk, support", "지위: 직원 역할: 리스크 관리, 고객지원"),
        ),
    ],
)
def test_a_request_names_what_it_asks_for(
    ann: Trader, action: str, subject: str, arguments: Any, english: str, korean: str
) -> None:
    limit = TradingLimit.objects.create(
        **{"user": ann.user, "kind": "loss", "currency": "USDT", "demo": True, "period_days": 7},
        **{"amount": 5000, "changed_at": NOON},
    )
    sue = staff_member("sue", Role.SUPPORT)
    ids = {"wallet": ann.wallet.id, "limit": limit.pk, "user": ann.user.pk}
    named = f"{subject}:{ids[subject]}" if subject in ids else subject
    asking = {"requested_by": sue, "requested_at": NOON, "expires_at": TOMORROW, "reason": "because"}
    ApprovalRequest.objects.create(id=uuid4(), action=action, subject=named, arguments=arguments, **asking)
    assert english in _list(back_office(sue))
    sue.locale = "ko"
    sue.save()
    assert korean in _list(back_office(sue))


def _list(browser: Client) -> str:
    return text_of(browser.get("/admin/accounts/approvalrequest/"))
