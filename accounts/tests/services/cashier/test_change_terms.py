"""The cashier's terms change with four eyes, and only to terms that make sense."""

import re
from typing import Any

import pytest

from accounts.domain.approvals.requests import NotPermitted, Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import InvalidInput, NotFound
from accounts.models import ApprovalRequest, AuditEvent, CashierTerms, User
from accounts.services.cashier.change_terms import written_terms
from accounts.tests.staff import approved, asked, back_office, staff_member

pytestmark = pytest.mark.django_db(transaction=True)
NEW: dict[str, Any] = {
    "deposits_open": "yes",
    "deposit_instructions": "Pay to account 99.\r\nTell us your id.",
    "deposit_min": "5",
    "deposit_daily_max": "1,000",
    "withdrawal_min": "5",
    "withdrawal_daily_max": "1000",
    "withdrawal_fee": "1",
    "four_eyes_from": "500",
}


def test_nothing_changes_until_another_person_approves(terms: CashierTerms, fay: User, rick: User) -> None:
    request = asked("change_terms", "cashier_terms:USDT", by=fay, four_eyes_from="5000")
    assert request.arguments == {"four_eyes_from": "5000"}
    terms.refresh_from_db()
    assert terms.four_eyes_from == 1000
    approved(request, rick)
    terms.refresh_from_db()
    assert (terms.four_eyes_from, terms.deposit_min) == (5000, 10)
    event = AuditEvent.objects.filter(table="cashier_terms", operation="UPDATE").latest("id")
    assert (event.after or {})["four_eyes_from"] == 5000


def test_terms_of_an_older_page_are_not_asked_for(terms: CashierTerms, fay: User, rick: User) -> None:
    ask, fred = (
        "/admin/accounts/approvalrequest/ask/change_terms/cashier_terms:USDT/",
        staff_member("fred", Role.FINANCE),
    )
    page = back_office(fred).get(ask).content.decode()
    (mark,) = re.findall(r'name="made_from" value="([^"]+)"', page)
    old = written_terms(Subject.parse("cashier_terms:USDT")) | {"reason": "a fee", "withdrawal_fee": "3"}
    approved(asked("change_terms", "cashier_terms:USDT", by=fay, four_eyes_from="500"), rick)
    said = back_office(fred).post(ask, old | {"made_from": mark}, follow=True).content.decode()
    assert "Its state now: Change the cashier&#x27;s terms: executed · rick@example.com · 20" in said
    assert ApprovalRequest.objects.count() == 1
    assert 'name="four_eyes_from" value="500"' in said
    (mark,) = re.findall(r'name="made_from" value="([^"]+)"', said)
    back_office(fred).post(ask, old | {"four_eyes_from": "500", "made_from": mark})
    assert ApprovalRequest.objects.get(state="pending").arguments == {"withdrawal_fee": "3"}


def test_a_currency_gets_its_first_terms_in_the_same_way(db: None, fay: User, rick: User) -> None:
    approved(asked("change_terms", "cashier_terms:KRW", by=fay, **NEW), rick)
    terms = CashierTerms.objects.get(currency="KRW")
    assert (terms.deposits_open, terms.withdrawals_open, terms.deposit_provider) == (True, False, "manual")
    assert (terms.deposit_daily_max, terms.deposit_fee, str(terms.withdrawal_fee)) == (1000, 0, "1.00000000")
    assert terms.deposit_instructions == "Pay to account 99.\nTell us your id."


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("deposit_daily_max", "4"),
        ("deposit_fee", "NaN"),
        ("deposit_fee", "5"),
        ("deposit_min", "0"),
        ("withdrawal_fee", "-1"),
        ("withdrawal_min", "1_0"),
        ("withdrawal_min", "1,5"),
        ("withdrawal_daily_max", "1 0"),
        ("withdrawal_daily_max", "4.9"),
        ("four_eyes_from", "1e3"),
        ("four_eyes_from", "1000000000000"),
        ("four_eyes_from", "0.001"),
        ("withdrawal_fee", "1.005"),
        ("deposit_min", "0.001"),
        ("four_eyes_from", ""),
        ("deposits_open", "on"),
        ("deposit_provider", "me"),
        ("deposit_instructions", "\0"),
        ("deposit_instructions", "x" * 2001),
    ],
)
def test_terms_that_make_no_sense_name_their_field(terms: CashierTerms, fay: User, field: str, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        asked("change_terms", "cashier_terms:USDT", by=fay, **(NEW | {field: text}))
    assert [fault.field for fault in caught.value.fields] == [field]


def test_what_no_longer_fits_when_it_is_approved_stays_undone(terms: CashierTerms, fay: User, rick: User) -> None:
    request = asked("change_terms", "cashier_terms:USDT", by=fay, deposit_min="50")
    CashierTerms.objects.update(deposit_daily_max=40)
    with pytest.raises(InvalidInput):
        approved(request, rick)
    assert CashierTerms.objects.get().deposit_min == 10


def test_the_same_terms_are_no_change(terms: CashierTerms, fay: User) -> None:
    with pytest.raises(InvalidInput):
        asked("change_terms", "cashier_terms:USDT", by=fay, four_eyes_from="1,000.00")


@pytest.mark.parametrize("subject", ["cashier_terms:EUR", "cashier_terms:usdt", "wallet:1", "cashier_terms:"])
def test_only_a_known_currency_has_terms(fay: User, subject: str) -> None:
    with pytest.raises(NotFound):
        asked("change_terms", subject, by=fay, **NEW)


def test_finance_asks_and_risk_decides(terms: CashierTerms, fay: User, rick: User) -> None:
    for person in (rick, staff_member("sue", Role.SUPPORT), staff_member("art", Role.AUDITOR)):
        with pytest.raises(NotPermitted):
            asked("change_terms", "cashier_terms:USDT", by=person, four_eyes_from="1")
    request = asked("change_terms", "cashier_terms:USDT", by=fay, four_eyes_from="1")
    with pytest.raises(NotPermitted):
        approved(request, staff_member("finn", Role.FINANCE))
